#!/bin/sh
# By somebody else, afterwards.
kubectl -n shop patch breakglass inc-4711 --type merge -p \
  '{"spec":{"review":{"outcome":"FollowUp","comment":"right; Sundays need a rule of their own"}}}'
