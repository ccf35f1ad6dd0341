package dev.hallpass.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as what is in them. */
final class Table {
  private static final String GAP = "   ";

  private final List<List<Cell>> rows = new ArrayList<>();

  /** A table with a line of headings. */
  static Table headed(List<String> headings) {
    var table = new Table();
    table.rows.add(headings.stream().map(h -> new Cell(Tone.FAINT, h)).toList());
    return table;
  }

  /** Adds a row; it may have fewer cells than others. */
  void row(List<Cell> cells) {
    rows.add(List.copyOf(cells));
  }

  /** Its lines, without spaces at their ends. */
  List<String> lines(Paint paint) {
    var widths = new ArrayList<Integer>();
    for (var row : rows) {
      for (var i = 0; i < row.size(); i++) {
        var width = row.get(i).text().length();
        if (i == widths.size()) {
          widths.add(width);
        } else if (width > widths.get(i)) {
          widths.set(i, width);
        }
      }
    }
    return rows.stream().map(row -> line(row, widths, paint)).toList();
  }

  private static String line(List<Cell> row, List<Integer> widths, Paint paint) {
    var line = new StringBuilder();
    for (var i = 0; i < row.size(); i++) {
      var cell = row.get(i);
      line.append(paint.paint(cell.tone(), cell.text()));
      if (i < row.size() - 1) {
        line.repeat(' ', widths.get(i) - cell.text().length()).append(GAP);
      }
    }
    return line.toString();
  }
}
