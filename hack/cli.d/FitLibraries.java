import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the libraries in a folder fit for a process that lives for less than a second: classes from
 * before Java 6, which Java's cache does not take, become those of Java 8; and the lists go by
 * which the Kubernetes client would load all kinds that Kubernetes has. The plugin names the kinds
 * it reads.
 */
final class FitLibraries {
  private static final String KINDS =
      "META-INF/services/io.fabric8.kubernetes.api.model.KubernetesResource";
  private static final int JAVA_6 = 50;
  private static final int JAVA_8 = 52;

  public static void main(String[] args) throws IOException {
    try (var files = Files.list(Path.of(args[0]))) {
      for (var jar : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
        fit(jar);
      }
    }
  }

  private static void fit(Path jar) throws IOException {
    var fitted = jar.resolveSibling(jar.getFileName() + ".fitted");
    try (var in = new ZipFile(jar.toFile())) {
      var entries = Collections.list(in.entries()).stream().map(e -> (ZipEntry) e).toList();
      if (fits(in, entries)) {
        return;
      }
      try (var out = new ZipOutputStream(Files.newOutputStream(fitted))) {
        for (var entry : entries) {
          if (!entry.getName().equals(KINDS)) {
            out.putNextEntry(new ZipEntry(entry.getName()));
            out.write(isOld(in, entry) ? modern(in, entry) : bytes(in, entry));
            out.closeEntry();
          }
        }
      }
    }
    Files.move(fitted, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean fits(ZipFile in, List<ZipEntry> entries) throws IOException {
    for (var entry : entries) {
      if (entry.getName().equals(KINDS) || isOld(in, entry)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOld(ZipFile in, ZipEntry entry) throws IOException {
    if (!entry.getName().endsWith(".class")) {
      return false;
    }
    try (var stream = in.getInputStream(entry)) {
      var start = stream.readNBytes(8);
      return ((start[6] & 0xff) << 8 | start[7] & 0xff) < JAVA_6;
    }
  }

  /** With the frames that the verifier of later Java asks for. */
  private static byte[] modern(ZipFile in, ZipEntry entry) throws IOException {
    var format =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.ClassHierarchyResolverOption.of(hierarchy(in)));
    return format.transformClass(
        format.parse(bytes(in, entry)),
        ClassTransform.transformingMethodBodies(CodeBuilder::with)
            .andThen(
                (builder, element) -> {
                  if (element instanceof ClassFileVersion) {
                    builder.withVersion(JAVA_8, 0);
                  } else {
                    builder.with(element);
                  }
                }));
  }

  private static ClassHierarchyResolver hierarchy(ZipFile in) {
    return ClassHierarchyResolver.ofResourceParsing(name -> stream(in, name))
        .orElse(ClassHierarchyResolver.defaultResolver());
  }

  private static InputStream stream(ZipFile in, ClassDesc name) {
    var descriptor = name.descriptorString();
    var entry = in.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : in.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ZipFile in, ZipEntry entry) throws IOException {
    try (var stream = in.getInputStream(entry)) {
      return stream.readAllBytes();
    }
  }

  private FitLibraries() {}
}
