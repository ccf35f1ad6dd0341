/**
 * Tests that policies' authors write: facts that are made up, and what policies are to say of them.
 */
@NullMarked
package dev.hallpass.policy.cases;

import org.jspecify.annotations.NullMarked;
