#!/bin/sh
# Brings the two databases of Temporal to the schema of this version. Can be run again at any time.
set -eu

for database in temporal temporal_visibility; do
  case "$database" in
    temporal) schema=temporal ;;
    temporal_visibility) schema=visibility ;;
  esac
  temporal-sql-tool --db "$database" create || echo "Database $database is there already."
  # Refuses where the schema has been set up before; what counts is the update that follows.
  temporal-sql-tool --db "$database" setup-schema -v 0.0 || echo "Database $database has been set up before."
  temporal-sql-tool --db "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
