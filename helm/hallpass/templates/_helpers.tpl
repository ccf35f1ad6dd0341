{{/* The names of what broker and controller are made of follow from the name of the process alone. */}}

{{- define "hallpass.labels" -}}
{{ include "hallpass.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "hallpass.selector" -}}
app.kubernetes.io/name: hallpass
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .process }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* Annotations that every object has, with the object's own as `annotations`; nothing where there are none. */}}
{{- define "hallpass.annotations" -}}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations -}}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where the broker's certificate is: dev.hallpass.app.CertificateSource. */}}
{{- define "hallpass.servingSecret" -}}
{{ eq .Values.certificates.source "cert-manager" | ternary "hallpass-serving-cert-manager" "hallpass-serving" }}
{{- end }}

{{- define "hallpass.image" -}}
{{ .image.repository }}{{ with .image.digest }}@{{ . }}{{ else }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* What binds a ClusterRole, and a Role, to the process of its name. */}}
{{- define "hallpass.clusterRoleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: hallpass-{{ .process }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root "annotations" .annotations) | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: hallpass-{{ .process }}}
subjects:
- {kind: ServiceAccount, name: hallpass-{{ .process }}, namespace: {{ .root.Release.Namespace }}}
{{- end }}

{{- define "hallpass.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: hallpass-{{ .process }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root "annotations" .annotations) | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: hallpass-{{ .process }}}
subjects:
- {kind: ServiceAccount, name: hallpass-{{ .process }}, namespace: {{ .root.Release.Namespace }}}
{{- end }}

{{- define "hallpass.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: hallpass-{{ .process }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root "annotations" (index .root.Values .process).serviceAccount.annotations) | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- range . }}{{ printf "\n- name: %q" . }}{{ end }}
{{- end }}
{{- end }}

{{- define "hallpass.disruptionBudget" -}}
{{- $budget := (index .root.Values .process).podDisruptionBudget -}}
{{- if $budget.enabled -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: hallpass-{{ .process }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root) | nindent 2 }}
spec:
  maxUnavailable: {{ $budget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "hallpass.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* Where both processes write their trails to. */}}
{{- define "hallpass.auditSettings" -}}
{{- $audit := .Values.audit -}}
- {name: HALLPASS_AUDIT_STDOUT_ENABLED, value: {{ quote $audit.stdout.enabled }}}
- {name: HALLPASS_AUDIT_STDOUT_REQUIRED, value: {{ quote $audit.stdout.required }}}
{{- if $audit.file.enabled }}
- {name: HALLPASS_AUDIT_FILE_FOLDER, value: /var/log/hallpass}
- {name: HALLPASS_AUDIT_FILE_MAX_SIZE, value: {{ quote $audit.file.maxSize }}}
- {name: HALLPASS_AUDIT_FILE_REQUIRED, value: {{ quote $audit.file.required }}}
{{- end }}
{{- range $name, $collector := pick $audit "http" "otlp" }}
{{- if $collector.url }}
- {name: HALLPASS_AUDIT_{{ upper $name }}_URL, value: {{ quote $collector.url }}}
- {name: HALLPASS_AUDIT_{{ upper $name }}_REQUIRED, value: {{ quote $collector.required }}}
{{- with $collector.tokenSecret }}
- {name: HALLPASS_AUDIT_{{ upper $name }}_TOKEN, valueFrom: {secretKeyRef: {name: {{ . }}, key: token}}}
{{- end }}
{{- end }}
{{- end }}
{{- with $audit.caBundle }}
- {name: HALLPASS_AUDIT_CA_BUNDLE, value: {{ quote . }}}
{{- end }}
{{- end }}

{{/* The Deployment of a process. `ports` is what it serves beside its management port, `settings` what it alone must know: dev.hallpass.app.Settings. */}}
{{- define "hallpass.deployment" -}}
{{- $values := index .root.Values .process -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: hallpass-{{ .process }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root) | nindent 2 }}
spec:
  replicas: {{ $values.replicas }}
  strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector:
    matchLabels: {{- include "hallpass.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- $labels := include "hallpass.labels" . | fromYaml }}
        {{- toYaml (merge (dict) $values.podLabels .root.Values.podLabels $labels) | nindent 8 }}
      annotations:
        {{- $own := dict "kubectl.kubernetes.io/default-container" .process }}
        {{- toYaml (merge (dict) $own $values.podAnnotations .root.Values.podAnnotations .root.Values.commonAnnotations) | nindent 8 }}
    spec:
      serviceAccountName: hallpass-{{ .process }}
      {{- with .root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
      - name: {{ .process }}
        image: {{ include "hallpass.image" (dict "root" .root "image" .root.Values.image) }}
        imagePullPolicy: {{ .root.Values.image.pullPolicy }}
        args: [{{ .process }}]
        env:
        - {name: HALLPASS_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: HALLPASS_IDENTITY, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: HALLPASS_LOG_JSON, value: {{ eq .root.Values.log.format "json" | quote }}}
        - {name: HALLPASS_LOG_LEVEL, value: {{ .root.Values.log.level }}}
        {{- with .root.Values.installation }}
        - {name: HALLPASS_INSTALLATION, value: {{ quote . }}}
        {{- end }}
        - {name: HALLPASS_CERTIFICATES_SOURCE, value: {{ .root.Values.certificates.source }}}
        {{- with .root.Values.certificates.additionalTrust }}
        - {name: HALLPASS_CERTIFICATES_ADDITIONAL_TRUST, value: {{ quote . }}}
        {{- end }}
        {{- range $name, $value := .settings }}
        - {name: HALLPASS_{{ $name }}, value: {{ quote $value }}}
        {{- end }}
        {{- include "hallpass.auditSettings" .root | nindent 8 }}
        {{- with $values.env }}{{ toYaml . | nindent 8 }}{{ end }}
        ports:
        {{- with .ports }}{{ toYaml . | nindent 8 }}{{ end }}
        - {name: management, containerPort: 9000}
        startupProbe:
          httpGet: {path: /q/health/started, port: management}
          periodSeconds: 1
          failureThreshold: 120
        readinessProbe:
          httpGet: {path: /q/health/ready, port: management}
          periodSeconds: 2
          timeoutSeconds: 2
          failureThreshold: 2
        livenessProbe:
          httpGet: {path: /q/health/live, port: management}
          periodSeconds: 10
          timeoutSeconds: 10
          # A node that is short of CPU is not helped by a JVM that starts again.
          failureThreshold: 6
        {{- with .lifecycle }}
        lifecycle: {{- toYaml . | nindent 10 }}
        {{- end }}
        resources: {{- toYaml $values.resources | nindent 10 }}
        {{- with .root.Values.securityContext }}
        securityContext: {{- toYaml . | nindent 10 }}
        {{- end }}
        volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if .root.Values.audit.file.enabled }}
        - {name: audit, mountPath: /var/log/hallpass}
        {{- end }}
      volumes:
      - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
      {{- if .root.Values.audit.file.enabled }}
      - {{- merge (dict "name" "audit") .root.Values.audit.file.volume | toYaml | nindent 8 }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations: {{- toYaml . | nindent 6 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
      {{- with $values.topologySpreadConstraints }}
      {{- toYaml . | nindent 6 }}
      {{- else }}
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: ScheduleAnyway
        labelSelector:
          matchLabels: {{- include "hallpass.selector" . | nindent 12 }}
        matchLabelKeys: [pod-template-hash]
      {{- end }}
{{- end }}

{{/* Without an address of its own: each replica is asked for its own metrics. */}}
{{- define "hallpass.metrics" -}}
apiVersion: v1
kind: Service
metadata:
  name: hallpass-{{ .process }}-metrics
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hallpass.labels" . | nindent 4 }}
  {{- include "hallpass.annotations" (dict "root" .root) | nindent 2 }}
spec:
  clusterIP: None
  ipFamilyPolicy: PreferDualStack
  selector: {{- include "hallpass.selector" . | nindent 4 }}
  ports:
  - {name: metrics, port: 9000, targetPort: management}
{{- end }}
