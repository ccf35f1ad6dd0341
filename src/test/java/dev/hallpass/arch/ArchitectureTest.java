package dev.hallpass.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.InetAddress;

/** The packages and who may know whom. */
@AnalyzeClasses(packages = "dev.hallpass", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule dependenciesGoOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("app")
          .definedBy("dev.hallpass.app..")
          .layer("admission")
          .definedBy("dev.hallpass.admission..")
          .layer("broker")
          .definedBy("dev.hallpass.broker..")
          .layer("reconcile")
          .definedBy("dev.hallpass.reconcile..")
          .layer("cli")
          .definedBy("dev.hallpass.cli..")
          .layer("agent")
          .definedBy("dev.hallpass.agent..")
          .layer("lease")
          .definedBy("dev.hallpass.lease..")
          .layer("policy")
          .definedBy("dev.hallpass.policy..")
          .layer("delivery")
          .definedBy("dev.hallpass.delivery..")
          .layer("provider")
          .definedBy("dev.hallpass.provider..")
          .whereLayer("app")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("agent")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("admission")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("broker")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("reconcile")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("lease")
          .mayOnlyBeAccessedByLayers("app", "admission", "broker", "reconcile", "cli")
          .whereLayer("policy")
          .mayOnlyBeAccessedByLayers("app", "admission", "broker", "reconcile", "cli", "lease")
          .whereLayer("delivery")
          .mayOnlyBeAccessedByLayers(
              "app", "admission", "broker", "reconcile", "lease", "policy", "provider")
          .whereLayer("provider")
          .mayOnlyBeAccessedByLayers(
              "app", "admission", "broker", "reconcile", "lease", "delivery", "policy");

  @ArchTest
  static final ArchRule theGroundKnowsNothingAboveIt =
      noClasses()
          .that(
              resideInAnyPackage(
                  "dev.hallpass.api..",
                  "dev.hallpass.wire..",
                  "dev.hallpass.kube..",
                  "dev.hallpass.pki..",
                  "dev.hallpass.audit.."))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "dev.hallpass.app..",
                  "dev.hallpass.admission..",
                  "dev.hallpass.broker..",
                  "dev.hallpass.reconcile..",
                  "dev.hallpass.cli..",
                  "dev.hallpass.agent..",
                  "dev.hallpass.lease..",
                  "dev.hallpass.policy..",
                  "dev.hallpass.delivery..",
                  "dev.hallpass.provider.."));

  @ArchTest
  static final ArchRule noPackagesDependOnEachOtherInACircle =
      slices().matching("dev.hallpass.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noReconcilersDependOnEachOtherInACircle =
      slices().matching("dev.hallpass.reconcile.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noTargetKnowsAnother =
      slices().matching("dev.hallpass.provider.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule theSpiKnowsNoTarget =
      noClasses()
          .that()
          .resideInAPackage("dev.hallpass.provider")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.hallpass.provider.*..");

  @ArchTest
  static final ArchRule theAgentSeesTheWireAndTheJdk =
      classes()
          .that()
          .resideInAPackage("dev.hallpass.agent..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "dev.hallpass.agent..",
                  "dev.hallpass.wire..",
                  "java..",
                  "javax..",
                  "org.jspecify.."));

  @ArchTest
  static final ArchRule theWireNeedsTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("dev.hallpass.wire..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("dev.hallpass.wire..", "java..", "org.jspecify.."));

  @ArchTest
  static final ArchRule policyIsPure =
      noClasses()
          .that()
          .resideInAPackage("dev.hallpass.policy..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("io.vertx..", "jakarta..", "io.quarkus..", "java.io..")
                  // An address that is a literal is a value like another.
                  .or(resideInAPackage("java.net..").and(not(type(InetAddress.class))))
                  .or(
                      resideInAPackage("io.fabric8..")
                          .and(not(resideInAPackage("io.fabric8.kubernetes.api.model..")))));

  @ArchTest
  static final ArchRule bouncyCastleStaysInPki =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hallpass.pki..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..");

  @ArchTest
  static final ArchRule theOperatorSdkStaysInReconcile =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hallpass.reconcile..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.javaoperatorsdk..");

  @ArchTest
  static final ArchRule injectionStaysInApp =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.hallpass.app..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("jakarta..", "io.quarkus.."));

  private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
    return DescribedPredicate.not(predicate);
  }
}
