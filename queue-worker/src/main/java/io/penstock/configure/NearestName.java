package io.penstock.configure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which of some names may have been meant by another. */
final class NearestName {

    private NearestName() {}

    /** The name with the fewest edits, unless more than a third of it would have to be changed. */
    static Optional<String> of(String given, Collection<String> known) {
        return known.stream()
                .filter(name -> edits(given, name) <= Math.max(1, (name.length() + 1) / 3))
                .min(Comparator.<String>comparingInt(name -> edits(given, name)).thenComparing(name -> name));
    }

    /** Levenshtein's distance, one row at a time. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
