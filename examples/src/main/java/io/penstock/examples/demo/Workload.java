package io.penstock.examples.demo;

import io.penstock.job.JobType;

/** The two kinds of job and how many of them arrive. The same in every phase. */
final class Workload {

    /** Work permits in all phases: no more attempts ever run at once. */
    static final int SLOTS = 16;

    static final int STEPS_PER_SECOND = 50;
    static final int STEP_MILLIS_MIN = 50;
    static final int STEP_MILLIS_MAX = 150;

    static final int DELIVERIES_AT_ONCE = 96;
    static final int DELIVERIES_PER_SECOND = 7;
    static final int DOWNLOAD_MILLIS_MIN = 1_500;
    static final int DOWNLOAD_MILLIS_MAX = 2_500;

    static final int FILES = 400;
    static final int RECORDS_PER_FILE = 500;
    static final int LOOK_UPS = 4;
    static final int RESOURCES = 150_000;

    /** On a runbook step that arrived inside the measured window. */
    static final String MEASURED = "measured";

    /** One step of a runbook: a call and a row. */
    record RunbookStep(int number) {}

    /** One delivered file of CloudTrail records. */
    record Delivery(int number) {}

    static final JobType<RunbookStep> STEP = JobType.of("runbook-step", RunbookStep.class);
    static final JobType<Delivery> DELIVERY = JobType.of("cloudtrail-delivery", Delivery.class);

    private Workload() {}
}
