#!/bin/sh
# Makes sure that the Temporal namespace exists. Fails while Temporal is not ready; Compose then runs it again.
set -eu

temporal operator cluster health
if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi
