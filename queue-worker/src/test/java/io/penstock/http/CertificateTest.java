package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.penstock.handler.HandlerOptions;
import io.penstock.job.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the address in the URL, the certificate is still checked against the name. */
class CertificateTest {

    private static final char[] PASSWORD = "penstock".toCharArray();

    @TempDir
    private Path directory;

    @Test
    void aCertificateOfTheNameIsTakenAndAnotherIsRefused() throws Exception {
        Path store = certificate("hooks.example.org");
        Clients clients = new Clients(() -> tls(store));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(store)));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            assertThat(post("hooks.example.org", port, clients)).isEqualTo(Outcome.completed());
            assertThatThrownBy(() -> post("other.example.org", port, clients))
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("other.example.org");
        } finally {
            server.stop(0);
        }
    }

    private static Outcome post(String host, int port, Clients clients) throws Exception {
        URI url = URI.create("https://" + host + ":" + port + "/");
        HttpHandler handler = new HttpHandler(
                new HttpEndpoint(
                        "webhook", url, Duration.ofSeconds(30), null, Set.of(), Duration.ZERO, HandlerOptions.DEFAULT),
                new Targets(Set.of(host), true, name -> new InetAddress[] {InetAddress.getLoopbackAddress()}),
                clients,
                Clock.systemUTC());
        return handler.handle(HttpJob.of("{}"));
    }

    /** A key store with a key whose certificate names the host. */
    private Path certificate(String host) throws IOException, InterruptedException {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "it",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "san=dns:" + host,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        return store;
    }

    private static SSLContext tls(Path store) {
        try (InputStream stream = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(stream, PASSWORD);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("it", keys.getCertificate("it"));
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, PASSWORD);
            TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            others.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), others.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
