package io.penstock.examples.demo;

import java.util.List;
import java.util.SplittableRandom;

/**
 * What records are made of, with the cardinalities of a middle-sized organisation: few services, calls of very unequal
 * frequency, some hundred principals, thousands of addresses, of which few make most calls.
 */
final class CloudTrailVocabulary {

    /** One kind of call, drawn in proportion to its weight. */
    record Event(int weight, String source, String name, String resource, boolean readOnly) {}

    private static final List<Event> EVENTS = List.of(
            new Event(220, "sts", "AssumeRole", "roleArn", true),
            new Event(150, "kms", "Decrypt", "keyId", true),
            new Event(130, "ec2", "DescribeInstances", "instancesSet", true),
            new Event(70, "s3", "GetBucketAcl", "bucketName", true),
            new Event(60, "logs", "CreateLogStream", "logGroupName", false),
            new Event(55, "ec2", "DescribeNetworkInterfaces", "networkInterfaceIdSet", true),
            new Event(45, "elasticloadbalancing", "DescribeTargetHealth", "targetGroupArn", true),
            new Event(40, "monitoring", "DescribeAlarms", "alarmNames", true),
            new Event(35, "dynamodb", "DescribeTable", "tableName", true),
            new Event(30, "secretsmanager", "GetSecretValue", "secretId", true),
            new Event(25, "lambda", "GetFunction20150331v2", "functionName", true),
            new Event(20, "rds", "DescribeDBInstances", "dBInstanceIdentifier", true),
            new Event(15, "iam", "GetRole", "roleName", true),
            new Event(12, "autoscaling", "UpdateAutoScalingGroup", "autoScalingGroupName", false),
            new Event(10, "ec2", "RunInstances", "instancesSet", false),
            new Event(8, "ec2", "TerminateInstances", "instancesSet", false),
            new Event(6, "s3", "PutBucketPolicy", "bucketName", false),
            new Event(5, "ec2", "AuthorizeSecurityGroupIngress", "groupId", false),
            new Event(3, "iam", "CreateAccessKey", "userName", false),
            new Event(1, "cloudtrail", "StopLogging", "name", false));

    private static final int TOTAL_WEIGHT =
            EVENTS.stream().mapToInt(Event::weight).sum();
    private static final int ACCOUNTS = 24;
    private static final int PRINCIPALS = 400;
    private static final int ADDRESSES = 6_000;
    private static final List<String> REGIONS =
            List.of("us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2", "ap-northeast-1");
    private static final List<String> SERVICES = List.of(
            "payments",
            "ledger",
            "alert-ingest",
            "notifier",
            "scheduler",
            "search",
            "deploy",
            "billing",
            "gateway",
            "reporting");
    private static final List<String> USER_AGENTS = List.of(
            "aws-sdk-java/1.11.950 Linux/4.14.209-160.339.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/11.0.10+9 java/11.0.10",
            "Boto3/1.17.9 Python/3.8.5 Linux/5.4.0-1037-aws Botocore/1.20.9",
            "aws-cli/2.1.24 Python/3.7.3 Linux/4.14.214-160.339.amzn2.x86_64 exe/x86_64.amzn.2",
            "APN/1.0 HashiCorp/1.0 Terraform/0.14.6 (+https://www.terraform.io) terraform-provider-aws/3.28.0",
            "aws-sdk-go/1.37.10 (go1.15.8; linux; amd64)",
            "console.amazonaws.com",
            "autoscaling.amazonaws.com",
            "kubernetes/v1.19.6 aws-sdk-go/1.35.24 (go1.15.5; linux; amd64)");

    private final SplittableRandom random;

    CloudTrailVocabulary(SplittableRandom random) {
        this.random = random;
    }

    Event event() {
        int drawn = random.nextInt(TOTAL_WEIGHT);
        for (Event event : EVENTS) {
            drawn -= event.weight();
            if (drawn < 0) {
                return event;
            }
        }
        throw new AssertionError("the weights add up to " + TOTAL_WEIGHT);
    }

    String account() {
        return "%012d".formatted(112_233_445_566L + 7_919L * skewed(ACCOUNTS));
    }

    String region() {
        return REGIONS.get(skewed(REGIONS.size()));
    }

    int principal() {
        return skewed(PRINCIPALS);
    }

    String role(int principal) {
        return SERVICES.get(principal % SERVICES.size()) + "-role-" + principal;
    }

    String address() {
        int host = skewed(ADDRESSES);
        return "10." + host / 2_000 + "." + host / 8 % 250 + "." + (1 + host % 8 * 30);
    }

    String userAgent() {
        return USER_AGENTS.get(skewed(USER_AGENTS.size()));
    }

    /** One of the monitored resources, by number. */
    int resource() {
        return skewed(Workload.RESOURCES);
    }

    /** From 0 to below the bound, low numbers far more often. */
    private int skewed(int bound) {
        double uniform = random.nextDouble();
        return (int) (bound * uniform * uniform * uniform);
    }
}
