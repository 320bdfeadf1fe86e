package io.penstock.admin.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Aligned columns within {@link #WIDTH} characters: the last column takes what is left, and is cut there. */
final class Table {

    static final int WIDTH = 120;

    private static final String GAP = "  ";
    private static final int LAST_AT_LEAST = 12;

    private final List<String[]> rows = new ArrayList<>();
    private final int columns;

    Table(String... headings) {
        this.columns = headings.length;
        rows.add(headings);
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("row: expected " + columns + " cells, was " + cells.length);
        }
        rows.add(Arrays.stream(cells).map(Table::oneLine).toArray(String[]::new));
    }

    List<String> lines() {
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        shrink(widths);
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    /** The last column gives way first, then the widest of the others, a character at a time. */
    private void shrink(int[] widths) {
        int over = Arrays.stream(widths).sum() + GAP.length() * (columns - 1) - WIDTH;
        int last = columns - 1;
        int given = Math.max(0, Math.min(over, widths[last] - LAST_AT_LEAST));
        widths[last] -= given;
        for (int left = over - given; left > 0; left--) {
            int widest = 0;
            for (int column = 1; column < columns; column++) {
                widest = widths[column] > widths[widest] ? column : widest;
            }
            widths[widest]--;
        }
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.length; column++) {
            String cell = cut(row[column], widths[column]);
            line.append(column == 0 ? "" : GAP).append(cell).append(" ".repeat(widths[column] - cell.length()));
        }
        return line.toString().stripTrailing();
    }

    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }

    /** What would move the cursor is shown as a space. */
    static String oneLine(String text) {
        return text.codePoints()
                .map(character -> Character.isISOControl(character) ? ' ' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
    }
}
