# Names what is not ready, one a line, from a list of nodes and of the pods, DaemonSets and Deployments of kube-system.
# $starts: the names of the cluster's nodes, with the time their container started. A report older than that says
# nothing: after a restart the API server repeats what the node last said, until the node speaks again.
def fresh($node): . != null and .[:19] >= $starts[$node][:19];
def node_ready: .metadata.name as $node | any(.status.conditions[]?;
    .type == "Ready" and .status == "True" and (.lastHeartbeatTime | fresh($node)));
def pod_ready: .spec.nodeName as $node | $node != null and all(.status.containerStatuses // [{}] | .[];
    .ready and ($starts[$node] == null or (.state.running.startedAt | fresh($node))));

.items as $items
| (($starts | keys) - [$items[] | select(.kind == "Node") | .metadata.name] | .[] | "node/\(.)"),
  ($items[] | select(
      if .kind == "Node" then $starts[.metadata.name] != null and (node_ready | not)
      elif .kind == "Pod" then .metadata.deletionTimestamp == null and .status.phase != "Succeeded" and (pod_ready | not)
      elif .kind == "DaemonSet" then .status.desiredNumberScheduled < ($starts | length) or .status.numberReady != .status.desiredNumberScheduled
      else .status.availableReplicas != .spec.replicas
      end
    ) | "\(.kind | ascii_downcase)/\(.metadata.name)")
