package io.penstock.worker;

import io.penstock.dispatch.Dispatcher;
import io.penstock.maintain.Maintainer;
import io.penstock.observe.Events;
import io.penstock.renew.HeartBeat;
import io.penstock.run.Slots;
import java.util.List;

/** What the lanes of one worker share. */
record WorkerParts(
        Dispatcher dispatcher,
        Slots slots,
        HeartBeat heartBeat,
        Maintainer maintainer,
        Events events,
        Lateness lateness,
        List<Lane> lanes) {

    /** A permit may be free that another lane waits for. */
    void signalOthers(Lane lane) {
        for (Lane other : lanes) {
            if (other != lane && other.hungry()) {
                other.signal();
            }
        }
    }
}
