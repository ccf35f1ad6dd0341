/** PostgreSQL: a login role per lease, a member of the access level's group roles. */
@NullMarked
package dev.hallpass.provider.postgresql;

import org.jspecify.annotations.NullMarked;
