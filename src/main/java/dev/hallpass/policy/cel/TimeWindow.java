package dev.hallpass.policy.cel;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A window of each week: {@code Mon-Fri 08:00-18:00}, {@code Sat 22:00-06:00}, {@code 09:00-17:00}.
 * The end does not belong to it; one that ends before it starts goes on into the next day.
 *
 * @param first first day
 * @param last last day; a week goes on after Sunday
 * @param from first minute
 * @param until first minute after it
 */
record TimeWindow(DayOfWeek first, DayOfWeek last, LocalTime from, LocalTime until) {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "((?<first>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(?<last>Mon|Tue|Wed|Thu|Fri|Sat|Sun))? )?"
              + "(?<from>[0-2][0-9]:[0-5][0-9])-(?<until>[0-2][0-9]:[0-5][0-9])");

  /**
   * Reads a window.
   *
   * @throws IllegalArgumentException where the text is none
   */
  static TimeWindow parse(String text) {
    var parts = GRAMMAR.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a window of time, as Mon-Fri 08:00-18:00 would be: " + text);
    }
    var first = parts.group("first");
    var last = parts.group("last");
    return new TimeWindow(
        first == null ? DayOfWeek.MONDAY : day(first),
        first == null ? DayOfWeek.SUNDAY : day(last == null ? first : last),
        time(parts.group("from")),
        time(parts.group("until")));
  }

  private static DayOfWeek day(String name) {
    for (var day : DayOfWeek.values()) {
      if (day.name().startsWith(name.toUpperCase(Locale.ROOT))) {
        return day;
      }
    }
    throw new IllegalStateException(name);
  }

  /** 24:00 is the end of a day. */
  private static LocalTime time(String text) {
    try {
      return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time of day: " + text, e);
    }
  }

  /**
   * Whether the moment is in the window there.
   *
   * @param zone as the time zone database names it, e.g. {@code Europe/Berlin}
   * @throws IllegalArgumentException where there is no such zone
   */
  boolean holds(Instant moment, String zone) {
    var there = moment.atZone(zone(zone));
    var time = there.toLocalTime();
    var day = there.getDayOfWeek();
    if (from.isBefore(until)) {
      return starts(day) && !time.isBefore(from) && time.isBefore(until);
    }
    return (starts(day) && !time.isBefore(from)) || (starts(day.minus(1)) && time.isBefore(until));
  }

  private boolean starts(DayOfWeek day) {
    return first.compareTo(last) <= 0
        ? day.compareTo(first) >= 0 && day.compareTo(last) <= 0
        : day.compareTo(first) >= 0 || day.compareTo(last) <= 0;
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time zone: " + name, e);
    }
  }
}
