package io.penstock.schedule;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A cron text, and by itself the sets of numbers that it stands for. */
final class RandomCron {

    private static final int[][] RANGES = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
    private static final Set<String> ALL = Set.of("*", "*/1");

    private final List<String> texts = new ArrayList<>();
    private final List<Set<Integer>> sets = new ArrayList<>();

    /** One whose days are all of them, as often as wanted in a hundred times. */
    RandomCron(Random random, int anyDay) {
        boolean everyDay = random.nextInt(100) < anyDay;
        for (int index = 0; index < RANGES.length; index++) {
            Set<Integer> set = new TreeSet<>();
            texts.add(
                    everyDay && index > 2
                            ? all(RANGES[index], 1, set)
                            : field(random, RANGES[index][0], RANGES[index][1], set));
            sets.add(set);
        }
    }

    String text() {
        return String.join(" ", texts);
    }

    boolean everyHour() {
        return ALL.contains(texts.get(2)) || texts.get(2).equals("0-23");
    }

    boolean names(LocalDateTime moment) {
        return namesDay(moment) && namesTime(moment.toLocalTime());
    }

    boolean namesTime(LocalTime time) {
        return sets.get(0).contains(time.getSecond())
                && sets.get(1).contains(time.getMinute())
                && sets.get(2).contains(time.getHour());
    }

    boolean namesDay(LocalDateTime moment) {
        boolean ofMonth = sets.get(3).contains(moment.getDayOfMonth());
        boolean ofWeek = sets.get(5).contains(moment.getDayOfWeek().getValue() % 7);
        boolean either = !ALL.contains(texts.get(3)) && !ALL.contains(texts.get(5));
        return sets.get(4).contains(moment.getMonthValue()) && (either ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private static String field(Random random, int low, int high, Set<Integer> set) {
        int first = low + random.nextInt(high - low + 1);
        int last = first + random.nextInt(high - first + 1);
        int step = 1 + random.nextInt(high - low);
        switch (random.nextInt(6)) {
            case 0, 1:
                return all(new int[] {low, high}, 1, set);
            case 2:
                return all(new int[] {low, high}, step, set);
            case 3:
                for (int value = first; value <= last; value += step) {
                    set.add(value);
                }
                return first == last ? String.valueOf(first) : first + "-" + last + "/" + step;
            case 4:
                set.addAll(List.of(first, last, low));
                return set.stream().map(String::valueOf).collect(Collectors.joining(","));
            default:
                set.add(first);
                return String.valueOf(first);
        }
    }

    private static String all(int[] range, int step, Set<Integer> set) {
        for (int value = range[0]; value <= range[1]; value += step) {
            set.add(value);
        }
        return step == 1 ? "*" : "*/" + step;
    }

    @Override
    public String toString() {
        return text();
    }
}
