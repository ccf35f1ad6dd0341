package dev.hallpass.delivery;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import java.io.IOException;
import java.io.Writer;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Text in which {@code {{name}}} stands for a field (mustache(5)), without escaping. It sees a map
 * of strings and nothing else: no method, no class, no file. What it writes is bounded.
 */
public final class Template {
  private static final int MAX_OUTPUT = 256 * 1024;
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler().escapeHTML(false).strictSections(true).withCollector(new StringsAlone());

  private final com.samskivert.mustache.Template compiled;

  private Template(com.samskivert.mustache.Template compiled) {
    this.compiled = compiled;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException where it has a mistake, or includes another
   */
  public static Template of(String text) {
    try {
      var compiled = COMPILER.compile(text);
      compiled.visit(new Includes());
      return new Template(compiled);
    } catch (MustacheException | UnsupportedOperationException | StackOverflowError e) {
      throw new TemplateException(said(e));
    }
  }

  /** What is wrong with a template; empty where nothing is. */
  public static Optional<String> flaw(String text) {
    try {
      of(text);
      return Optional.empty();
    } catch (TemplateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Fills it in.
   *
   * @throws TemplateException where it names what is not there, or grows beyond 256 KiB
   */
  String fill(Map<String, String> fields) {
    var out = new Bounded();
    try {
      compiled.execute(fields, out);
    } catch (MustacheException | UnsupportedOperationException | StackOverflowError e) {
      throw new TemplateException(said(e));
    }
    if (out.full) {
      throw new TemplateException("it grows beyond %d bytes".formatted(MAX_OUTPUT));
    }
    return out.text.toString();
  }

  /** The engine's messages name fields and lines, never values. */
  private static String said(Throwable e) {
    return e instanceof StackOverflowError
        ? "its sections are nested too deeply"
        : e instanceof UnsupportedOperationException
            ? "it cannot include other templates"
            : String.valueOf(e.getMessage());
  }

  /** Finds what would be read from elsewhere only when a template is filled in. */
  private static final class Includes implements Mustache.Visitor {
    @Override
    public void visitText(String text) {}

    @Override
    public void visitVariable(String name) {}

    @Override
    public boolean visitInclude(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public boolean visitParent(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public boolean visitSection(String name) {
      return true;
    }

    @Override
    public boolean visitInvertedSection(String name) {
      return true;
    }
  }

  /** Looks names up in the map of fields; by default the engine would look for methods too. */
  private static final class StringsAlone implements Mustache.Collector {
    private static final Mustache.VariableFetcher FIELD =
        (context, name) ->
            context instanceof Map<?, ?> fields && fields.containsKey(name)
                ? fields.get(name)
                : com.samskivert.mustache.Template.NO_FETCHER_FOUND;

    @Override
    public Iterator<?> toIterator(Object value) {
      return Collections.emptyIterator();
    }

    @Override
    public Mustache.VariableFetcher createFetcher(Object context, String name) {
      return FIELD;
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new ConcurrentHashMap<>();
    }
  }

  /** Takes no more than it may; what is beyond is not kept. */
  private static final class Bounded extends Writer {
    private final StringBuilder text = new StringBuilder();
    private boolean full;

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
      if (text.length() + length > MAX_OUTPUT) {
        full = true;
      } else {
        text.append(chars, offset, length);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
