package io.penstock.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatcherTest {

    private static final int CRITICAL = 1;
    private static final int HEAVY = 2;

    private static Dispatcher dispatcher(int capacity, int headroom) {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        budgets.put(CRITICAL, ConcurrencyBudget.guaranteed(2, 4));
        budgets.put(HEAVY, ConcurrencyBudget.spare(10));
        return new Dispatcher(capacity, headroom, budgets);
    }

    @Test
    void aCallerGetsPermitsForItsOwnQueuesOnly() {
        Dispatcher dispatcher = dispatcher(4, 0);
        Reservation reservation = dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of());
        // of four, two are owed to the critical queue; the other two are shared
        assertThat(reservation.granted()).containsExactly(Map.entry(HEAVY, 1));
    }

    @Test
    void aQueueThatGaveLessThanAskedIsSatedUntilItIsWoken() {
        Dispatcher dispatcher = dispatcher(4, 0);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
        assertThat(dispatcher.hungry(CRITICAL)).isFalse();
        assertThat(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()).granted())
                .containsEntry(HEAVY, 4);
        dispatcher.wake(CRITICAL);
        assertThat(dispatcher.hungry(CRITICAL)).isTrue();
    }

    @Test
    void aWakeUpDuringAClaimThatFoundNothingIsNotLost() {
        Dispatcher dispatcher = dispatcher(4, 0);
        Reservation reservation = dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of());
        dispatcher.wake(CRITICAL);
        dispatcher.settle(reservation, Map.of());
        assertThat(dispatcher.hungry(CRITICAL)).isTrue();
    }

    @Test
    void aLookIntoAQuietQueueHoldsNobodyElseBack() {
        Dispatcher dispatcher = dispatcher(4, 0);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
        assertThat(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()).granted())
                .containsEntry(HEAVY, 4);
        assertThat(dispatcher
                        .reserve(Set.of(CRITICAL), Set.of(CRITICAL), Map.of())
                        .granted())
                .isEmpty();
    }

    @Test
    void aFailedTransactionLeavesEveryPermitWhereItWas() {
        Dispatcher dispatcher = dispatcher(4, 0);
        Reservation first = dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of());
        dispatcher.settle(first, Map.of(HEAVY, 1));
        Map<Integer, Integer> before = dispatcher.running();
        dispatcher.abort(dispatcher.reserve(Set.of(CRITICAL, HEAVY), Set.of(), Map.of(HEAVY, 1)));
        assertThat(dispatcher.running()).isEqualTo(before);
    }

    @Test
    void aTransactionMayUseThePermitsThatItsOwnCompletionsFree() {
        Dispatcher dispatcher = dispatcher(2, 0);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
        dispatcher.settle(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()), Map.of(HEAVY, 2));
        assertThat(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()).empty())
                .isTrue();
        Reservation reservation = dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of(HEAVY, 1));
        assertThat(reservation.granted()).containsEntry(HEAVY, 1);
        dispatcher.settle(reservation, Map.of(HEAVY, 1));
        assertThat(dispatcher.running()).containsEntry(HEAVY, 2);
    }

    /** The only permit of two queues without guarantees, taken in turn. */
    private static Dispatcher onePermit() {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        budgets.put(CRITICAL, ConcurrencyBudget.spare(1));
        budgets.put(HEAVY, ConcurrencyBudget.spare(1));
        return new Dispatcher(1, 0, budgets);
    }

    @Test
    void aQueueThatCannotBeClaimedFromKeepsNoSlotFromTheOthers() {
        Dispatcher dispatcher = onePermit();
        dispatcher.suspend(HEAVY);
        for (int turn = 0; turn < 100; turn++) {
            Reservation reservation = dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of());
            assertThat(reservation.granted()).as("turn " + turn).containsEntry(CRITICAL, 1);
            dispatcher.settle(reservation, Map.of(CRITICAL, 1));
            dispatcher.settle(Reservation.freeing(Map.of(CRITICAL, 1)), Map.of());
        }
        dispatcher.resume(HEAVY);
        assertThat(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()).granted())
                .containsEntry(HEAVY, 1);
    }

    @Test
    void aClaimThatFailedIsNotCharged() {
        Dispatcher dispatcher = onePermit();
        for (int turn = 0; turn < 100; turn++) {
            dispatcher.abort(dispatcher.reserve(Set.of(CRITICAL), Set.of(CRITICAL), Map.of()));
        }
        assertThat(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()).granted())
                .containsEntry(CRITICAL, 1);
    }

    @Test
    void aQueueIsTriedWhoseverTurnItIsButOnlyOnAFreeSlot() {
        Dispatcher dispatcher = onePermit();
        for (int turn = 0; turn < 10; turn++) {
            Reservation reservation = dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of());
            dispatcher.settle(reservation, reservation.granted());
            dispatcher.settle(Reservation.freeing(reservation.granted()), Map.of());
        }
        Reservation tried = dispatcher.reserveOne(HEAVY);
        assertThat(tried.granted()).containsEntry(HEAVY, 1);
        assertThat(dispatcher.reserveOne(CRITICAL).empty()).isTrue();
        dispatcher.abort(tried);
        assertThat(dispatcher.running()).containsEntry(HEAVY, 0);
    }
}
