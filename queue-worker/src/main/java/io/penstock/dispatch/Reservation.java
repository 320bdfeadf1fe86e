package io.penstock.dispatch;

import java.util.Map;

/**
 * Permits in hand for one transaction.
 *
 * @param granted how many jobs may be claimed, by queue
 * @param finishing permits that the transaction frees if it commits, by queue
 * @param wakes how often each queue had been woken when the permits were taken
 */
public record Reservation(Map<Integer, Integer> granted, Map<Integer, Integer> finishing, Map<Integer, Long> wakes) {

    public boolean empty() {
        return granted.isEmpty();
    }
}
