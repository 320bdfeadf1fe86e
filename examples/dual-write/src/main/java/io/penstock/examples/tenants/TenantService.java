package io.penstock.examples.tenants;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.penstock.JobQueue;
import io.penstock.dualwrite.Cluster;
import io.penstock.dualwrite.DualWrite;
import io.penstock.worker.Worker;
import io.penstock.worker.WorkerBuilder;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What the rest of the service calls: it does not know where tenants are. Has a pool and a worker on either cluster. Safe for use by many threads. */
public final class TenantService implements AutoCloseable {

    private static final int CONNECTIONS = 12;

    private final HikariDataSource toOld;
    private final HikariDataSource toNew;
    private final DualWrite<Tenant> tenants;
    private final List<Worker> workers;

    private TenantService(DataSource old, DataSource fresh) {
        this.toOld = pool(old);
        this.toNew = pool(fresh);
        Cluster<Tenant> oldCluster = new Cluster<>("old", JobQueue.on(toOld), TenantSides.OLD);
        Cluster<Tenant> newCluster = new Cluster<>("new", JobQueue.on(toNew), TenantSides.NEW);
        this.tenants = DualWrite.between("tenants", Tenant.class, oldCluster, newCluster)
                .declare();
        this.workers = List.of(worker(oldCluster), worker(newCluster));
    }

    /**
     * Starts it.
     *
     * @param old where the tenants are; has Penstock's schema, as the other does
     */
    public static TenantService start(DataSource old, DataSource fresh) {
        return new TenantService(old, fresh);
    }

    private Worker worker(Cluster<Tenant> cluster) {
        WorkerBuilder builder =
                Worker.on(cluster.queue()).name(cluster.name()).capacity(4).queue(tenants.queue());
        tenants.handlers(cluster).forEach(handler -> builder.handle(handler));
        return builder.start();
    }

    private static HikariDataSource pool(DataSource dataSource) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    /** Changes a tenant, wherever it is. */
    public void change(String id, Tenant tenant) {
        tenants.write(id, tenant);
    }

    public Optional<Tenant> find(String id) {
        return tenants.read(id);
    }

    /** For who moves them. */
    DualWrite<Tenant> tenants() {
        return tenants;
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
        toOld.close();
        toNew.close();
    }
}
