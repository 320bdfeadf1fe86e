package io.penstock.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.job.ConcurrencyBudget;
import io.penstock.job.Lending;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatcherTest {

    private static final int CRITICAL = 1;
    private static final int HEAVY = 2;

    private static Dispatcher dispatcher(int capacity, int headroom) {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        budgets.put(CRITICAL, ConcurrencyBudget.guaranteed(2, 4).lending(Lending.DEFAULT.longLoans(2)));
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
        dispatcher.suspend(HEAVY, Waiting.FAILING);
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

    private static void run(Dispatcher dispatcher, int queueId, int jobs) {
        dispatcher.settle(dispatcher.reserve(Set.of(queueId), Set.of(), Map.of()), Map.of(queueId, jobs));
    }

    @Test
    void whoHasMoreThanItsGuaranteeIsAskedForAsManySlotsAsAreNeeded() {
        Dispatcher dispatcher = dispatcher(4, 2);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of()); // it has no work
        run(dispatcher, HEAVY, 4);
        assertThat(dispatcher.surplus(HEAVY)).as("nobody needs them").isZero();

        dispatcher.wake(CRITICAL);
        assertThat(dispatcher.surplus(HEAVY)).as("one is in the way").isEqualTo(1);
        run(dispatcher, CRITICAL, 2);
        assertThat(dispatcher.surplus(HEAVY)).as("two run on headroom").isEqualTo(2);
        assertThat(dispatcher.surplus(CRITICAL)).as("it has its guarantee").isZero();

        dispatcher.share(Map.of());
        assertThat(dispatcher.surplus(HEAVY)).as("it has no share any more").isEqualTo(4);
    }

    @Test
    void whatIsWaitedForIsAddedUpByItsReason() {
        Dispatcher dispatcher = dispatcher(4, 0);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
        run(dispatcher, HEAVY, 4);
        dispatcher.wake(CRITICAL);
        dispatcher.look(Duration.ofSeconds(3));

        QueueSlots critical = dispatcher.slots(CRITICAL);
        assertThat(critical.waiting()).isEqualTo(Waiting.OWED);
        assertThat(critical.owed()).as("two slots for three seconds").isEqualTo(Duration.ofSeconds(6));
        assertThat(critical.unclaimed()).isEqualTo(Duration.ofSeconds(3));
        assertThat(dispatcher.slots(HEAVY).waiting()).isEqualTo(Waiting.SLOTS);
        assertThat(dispatcher.report().lent()).isEqualTo(2);
        assertThat(dispatcher.report().stranded()).isEqualTo(Duration.ZERO);

        dispatcher.settle(Reservation.freeing(Map.of(HEAVY, 1)), Map.of());
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(CRITICAL).waiting()).isEqualTo(Waiting.CLAIM);
        assertThat(dispatcher.report().stranded()).isEqualTo(Duration.ofSeconds(1));
        run(dispatcher, CRITICAL, 1);
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(CRITICAL).unclaimed()).as("since its claim").isEqualTo(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(CRITICAL).waited(Waiting.OWED)).isEqualTo(Duration.ofSeconds(4));

        dispatcher.pause(Set.of(CRITICAL));
        dispatcher.suspend(HEAVY, Waiting.FAILING);
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(CRITICAL).waiting()).isEqualTo(Waiting.PAUSED);
        assertThat(dispatcher.slots(CRITICAL).unclaimed()).isEqualTo(Duration.ZERO);
        assertThat(dispatcher.slots(HEAVY).waiting()).isEqualTo(Waiting.FAILING);
        dispatcher.share(Map.of());
        dispatcher.resume(HEAVY);
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(HEAVY).waiting()).isEqualTo(Waiting.SHARE);
        assertThat(dispatcher.slots(HEAVY).unclaimed()).as("others have it").isEqualTo(Duration.ZERO);
    }

    @Test
    void slotsThatAreNotLentAreStrandedAndALimitInUseIsNot() {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        budgets.put(CRITICAL, ConcurrencyBudget.guaranteed(2, 4));
        budgets.put(HEAVY, ConcurrencyBudget.spare(3));
        Dispatcher dispatcher = new Dispatcher(4, 0, budgets);
        dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
        run(dispatcher, HEAVY, 2);
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(HEAVY).waiting()).isEqualTo(Waiting.LENDING);
        assertThat(dispatcher.report().stranded()).as("two slots").isEqualTo(Duration.ofSeconds(2));

        dispatcher.measured(HEAVY, "short", Duration.ofMillis(1));
        run(dispatcher, HEAVY, 1);
        dispatcher.look(Duration.ofSeconds(1));
        assertThat(dispatcher.slots(HEAVY).waiting()).isEqualTo(Waiting.LIMIT);
        assertThat(dispatcher.report().stranded()).isEqualTo(Duration.ofSeconds(2));
        assertThat(dispatcher.report().utilisation()).isEqualTo(0.75);
    }

    @Test
    void startsAreCountedByWhatTheirSlotsWereGivenFor() {
        Dispatcher dispatcher = dispatcher(4, 2);
        run(dispatcher, CRITICAL, 1);
        run(dispatcher, HEAVY, 3);
        dispatcher.wake(CRITICAL);
        run(dispatcher, CRITICAL, 1);
        assertThat(dispatcher.slots(CRITICAL).started()).isEqualTo(Map.of(Ground.GUARANTEE, 1L, Ground.HEADROOM, 1L));
        assertThat(dispatcher.slots(HEAVY).started()).isEqualTo(Map.of(Ground.SPARE, 3L));
        assertThat(dispatcher.report().overCommitted()).isEqualTo(1);
        assertThat(dispatcher.report().running()).isEqualTo(5);
    }

    @Test
    void aDeclaredBoundLetsAQueueBorrowBeforeAnythingOfItHasEnded() {
        Map<Integer, ConcurrencyBudget> budgets = new LinkedHashMap<>();
        budgets.put(CRITICAL, ConcurrencyBudget.guaranteed(4, 4));
        budgets.put(HEAVY, ConcurrencyBudget.spare(4));
        for (Map<Integer, Duration> declared :
                List.of(Map.<Integer, Duration>of(), Map.of(HEAVY, Duration.ofMillis(200)))) {
            Dispatcher dispatcher = new Dispatcher(4, 0, budgets, declared);
            dispatcher.settle(dispatcher.reserve(Set.of(CRITICAL), Set.of(), Map.of()), Map.of());
            assertThat(dispatcher.reserve(Set.of(HEAVY), Set.of(), Map.of()).granted())
                    .containsEntry(HEAVY, declared.isEmpty() ? 1 : 4);
        }
    }
}
