package dev.hallpass.delivery;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.hallpass.provider.Fields;
import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Text in which {@code {{name}}} stands for a field (mustache(5)), without escaping. What is
 * between {@code {{#name}}} and {@code {{/name}}} appears where the credential has that field, what
 * is between {@code {{^name}}} and {@code {{/name}}} where it has not. It sees a map of strings and
 * nothing else: no method, no class, no file. What it writes is bounded.
 */
public final class Template {
  private static final int MAX_OUTPUT = 256 * 1024;
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler().escapeHTML(false).withCollector(new StringsAlone());

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

  /** What is wrong with a template for credentials of these fields; empty where nothing is. */
  public static Optional<String> flaw(String text, Fields fields) {
    try {
      var template = of(text);
      template.fill(
          fields.present().stream().collect(Collectors.toMap(Function.identity(), name -> "")));
      template.compiled.visit(new Names(fields));
      return Optional.empty();
    } catch (MissingFieldException e) {
      return Optional.of(
          "{{%s}}%s is no field of this credential; its fields are %s"
              .formatted(
                  e.name(),
                  fields.absent().contains(e.name())
                      ? ", outside of a section {{#%s}},".formatted(e.name())
                      : "",
                  fields.listed()));
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
    } catch (MustacheException.Context e) {
      throw new MissingFieldException(e.key, said(e));
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

  /** Finds what no such credential has, in branches that are not taken too. */
  private record Names(Fields fields) implements Mustache.Visitor {
    @Override
    public void visitText(String text) {}

    @Override
    public void visitVariable(String name) {
      if (!fields.knows(name)) {
        throw new MissingFieldException(name, name);
      }
    }

    @Override
    public boolean visitInclude(String name) {
      return false;
    }

    @Override
    public boolean visitParent(String name) {
      return false;
    }

    @Override
    public boolean visitSection(String name) {
      visitVariable(name);
      return true;
    }

    @Override
    public boolean visitInvertedSection(String name) {
      return visitSection(name);
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
      // A field that is there makes its section appear once; the engine's word for one that is not
      // is an empty list.
      return value instanceof List<?> none ? none.iterator() : List.of(value).iterator();
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
