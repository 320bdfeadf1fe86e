package io.penstock.dispatch;

import java.util.Map;

/**
 * Permits in hand for one transaction.
 *
 * @param granted how many jobs may be claimed, by queue
 * @param finishing permits that the transaction frees if it commits, by queue
 * @param wakes how often each queue had been woken when the permits were taken
 * @param charges what the permits moved each queue's virtual time on
 */
public record Reservation(
        Map<Integer, Integer> granted,
        Map<Integer, Integer> finishing,
        Map<Integer, Long> wakes,
        Map<Integer, Double> charges) {

    /** No permit to claim with, only some that the transaction frees. */
    public static Reservation freeing(Map<Integer, Integer> finishing) {
        return new Reservation(Map.of(), finishing, Map.of(), Map.of());
    }

    /** The same permits, with what the transaction really freed. */
    public Reservation freed(Map<Integer, Integer> freed) {
        return new Reservation(granted, freed, wakes, charges);
    }

    public boolean empty() {
        return granted.isEmpty();
    }
}
