package io.penstock.maintain;

import io.penstock.connect.Link;
import io.penstock.observe.Events;
import io.penstock.observe.WorkerEvent.GuaranteesMet;
import io.penstock.observe.WorkerEvent.GuaranteesShort;
import io.penstock.observe.WorkerEvent.HeavyQueuesGiveWay;
import io.penstock.observe.WorkerEvent.HeavyQueuesRestored;
import io.penstock.store.FleetStore;
import io.penstock.store.FleetStore.Fleet;
import io.penstock.store.FleetStore.Member;
import io.penstock.store.FleetStore.Share;
import io.penstock.store.FleetStore.Shares;
import io.penstock.store.FloorStore.Watched;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Keeps this worker's shares of the budgets. Whichever worker sees that the budgets were divided for other workers or
 * other budgets divides them anew, as the next epoch; of several that do, the first one's counts. A worker that is frozen
 * keeps nobody from it, and one that cannot read goes on with what it has.
 *
 * <p>Between an epoch and the moment when every worker has read it, which takes one look, more may run than a budget allows: at most what
 * was moved from one worker to another. What runs is not interrupted for it.
 */
final class FleetKeeper {

    private final Link link;
    private final Member brings;
    private final Events events;
    private final Consumer<Map<Integer, Share>> shared;
    private long joined;
    private long epoch;

    /**
     * A keeper of what a worker brings.
     *
     * @param shared called with this worker's shares, by queue, when they may have changed
     */
    FleetKeeper(Link link, Member brings, Events events, Consumer<Map<Integer, Share>> shared) {
        this.link = link;
        this.brings = brings;
        this.events = events;
        this.shared = shared;
    }

    /**
     * After a look.
     *
     * @param self this worker's number, 0 while it has none
     */
    void run(Watched read, long self) throws SQLException {
        if (self == 0) {
            return;
        }
        boolean joins = joined != self;
        if (joins) {
            Member member = new Member(self, brings.capacity(), brings.headroom(), brings.queues());
            link.inTransaction(connection -> {
                FleetStore.join(connection, member);
                return member;
            });
            joined = self;
        }
        boolean divided = (joins || read.misallocated()) && divide(self);
        if (joins || divided || read.epoch() != epoch) {
            Shares shares = link.inTransaction(connection -> FleetStore.shares(connection, self));
            epoch = shares.epoch();
            shared.accept(shares.byQueue());
        }
    }

    private boolean divide(long self) throws SQLException {
        Fleet fleet = link.inTransaction(FleetStore::read);
        Map<Long, Map<Integer, Share>> shares =
                Apportionment.divide(fleet.budgets(), fleet.members(), fleet.givingWay());
        int missing = Apportionment.missing(fleet.budgets(), fleet.members(), shares);
        boolean first = link.inTransaction(connection -> FleetStore.allocate(connection, self, fleet, shares, missing));
        if (first && missing > 0 && missing != fleet.missing()) {
            int slots = fleet.members().stream()
                    .mapToInt(member -> member.capacity() + member.headroom())
                    .sum();
            events.tell(new GuaranteesShort(missing, fleet.members().size(), slots));
        } else if (first && missing == 0 && fleet.missing() > 0) {
            events.tell(new GuaranteesMet());
        }
        boolean givesWay = !fleet.givingWay().isEmpty();
        if (first && givesWay != fleet.gaveWay()) {
            events.tell(givesWay ? new HeavyQueuesGiveWay(Apportionment.OF_OTHERS) : new HeavyQueuesRestored());
        }
        return first;
    }
}
