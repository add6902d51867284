-- hostfields: the names of fields that hosts have of their own, and those of the official plugins.
--
-- Written by script/hostfields; not to be changed by hand. `any`: in events of every source; `syscall`: of the
-- kernel's, and in sysdig of every source; `former`: in hosts of the plugin API 0.3.0, and no more in those of 3.
-- `plugins`: of falcosecurity/plugins, 2026-08-04.
return {
  sysdig = { "0.29.3", "0.41.4" },
  any = [[
  evt.asynctype evt.datetime evt.datetime.s evt.hostname evt.is_async evt.num evt.plugininfo evt.pluginname
  evt.rawtime evt.rawtime.ns evt.rawtime.s evt.reltime evt.reltime.ns evt.reltime.s evt.source evt.time
  evt.time.iso8601 evt.time.s
  ]],
  syscall = [[
  evt.abspath evt.arg evt.args evt.around evt.buffer evt.buflen evt.category evt.count evt.count.error
  evt.count.error.file evt.count.error.memory evt.count.error.net evt.count.error.other evt.count.exit
  evt.cpu evt.deltatime evt.deltatime.ns evt.deltatime.s evt.failed evt.info evt.io_dir evt.is_io
  evt.is_io_read evt.is_io_write evt.is_open_create evt.is_open_exec evt.is_open_read evt.is_open_write
  evt.is_syslog evt.is_wait evt.rawarg evt.rawres evt.res evt.type evt.type.is fd.cip fd.cip.name fd.cnet
  fd.connected fd.containerdirectory fd.containername fd.cport fd.cproto fd.dev fd.dev.major fd.dev.minor
  fd.directory fd.filename fd.ino fd.ip fd.is_lower_layer fd.is_server fd.is_upper_layer fd.l4proto
  fd.lip fd.lip.name fd.lnet fd.lport fd.lproto fd.name fd.name_changed fd.nameraw fd.net fd.num fd.port
  fd.proto fd.rip fd.rip.name fd.rnet fd.rport fd.rproto fd.sip fd.sip.name fd.snet fd.sockfamily
  fd.sport fd.sproto fd.type fd.typechar fd.types fd.uid fdlist.cips fdlist.cports fdlist.names
  fdlist.nums fdlist.sips fdlist.sports fs.path.name fs.path.nameraw fs.path.source fs.path.sourceraw
  fs.path.target fs.path.targetraw group.gid group.name proc.aargs proc.acmdline proc.aenv proc.aexe
  proc.aexepath proc.aname proc.apid proc.args proc.cmdlenargs proc.cmdline proc.cmdnargs proc.cwd
  proc.duration proc.env proc.exe proc.exe_ino proc.exe_ino.ctime proc.exe_ino.ctime_duration_pidns_start
  proc.exe_ino.ctime_duration_proc_start proc.exe_ino.mtime proc.exeline proc.exepath proc.fdlimit
  proc.fdopencount proc.fdusage proc.is_exe_from_memfd proc.is_exe_lower_layer proc.is_exe_upper_layer
  proc.is_exe_writable proc.is_pgid_leader proc.is_sid_leader proc.is_vpgid_leader proc.loginshellid
  proc.name proc.nchilds proc.nthreads proc.pcmdline proc.pexe proc.pexepath proc.pgid proc.pgid.exe
  proc.pgid.exepath proc.pgid.name proc.pid proc.pid.ts proc.pidns_init_start_ts proc.pname proc.ppid
  proc.ppid.duration proc.ppid.ts proc.pvpid proc.sid proc.sid.exe proc.sid.exepath proc.sname
  proc.stderr.name proc.stderr.type proc.stdin.name proc.stdin.type proc.stdout.name proc.stdout.type
  proc.tty proc.vmrss proc.vmsize proc.vmswap proc.vpgid proc.vpgid.exe proc.vpgid.exepath proc.vpgid.name
  proc.vpid syscall.type thread.cap_effective thread.cap_inheritable thread.cap_permitted thread.cgroup
  thread.cgroups thread.cpu thread.cpu.system thread.cpu.user thread.exectime thread.ismain thread.pfmajor
  thread.pfminor thread.tid thread.totexectime thread.vmrss thread.vmsize thread.vtid user.homedir
  user.loginname user.loginuid user.name user.shell user.uid
  ]],
  former = [[
  container.healthcheck container.id container.image container.image.digest container.image.id
  container.image.repository container.image.tag container.liveness_probe container.mount
  container.mount.dest container.mount.mode container.mount.propagation container.mount.rdwr
  container.mount.source container.mounts container.name container.privileged container.readiness_probe
  container.type evt.dir evt.latency evt.latency.human evt.latency.ns evt.latency.s evt.wait_latency
  evtin.span.arg evtin.span.args evtin.span.id evtin.span.m.arg evtin.span.m.args evtin.span.m.id
  evtin.span.m.nargs evtin.span.m.ntags evtin.span.m.tag evtin.span.m.tags evtin.span.nargs evtin.span.ntags
  evtin.span.p.arg evtin.span.p.args evtin.span.p.id evtin.span.p.nargs evtin.span.p.ntags evtin.span.p.tag
  evtin.span.p.tags evtin.span.s.arg evtin.span.s.args evtin.span.s.id evtin.span.s.nargs evtin.span.s.ntags
  evtin.span.s.tag evtin.span.s.tags evtin.span.tag evtin.span.tags k8s.deployment.id k8s.deployment.label
  k8s.deployment.labels k8s.deployment.name k8s.ns.id k8s.ns.label k8s.ns.labels k8s.ns.name k8s.pod.id
  k8s.pod.label k8s.pod.labels k8s.pod.name k8s.rc.id k8s.rc.label k8s.rc.labels k8s.rc.name k8s.rs.id
  k8s.rs.label k8s.rs.labels k8s.rs.name k8s.svc.id k8s.svc.label k8s.svc.labels k8s.svc.name marathon.app.id
  marathon.app.label marathon.app.labels marathon.app.name marathon.group.id marathon.group.name
  mesos.framework.id mesos.framework.name mesos.task.id mesos.task.label mesos.task.labels mesos.task.name
  proc.is_container_healthcheck proc.is_container_liveness_probe proc.is_container_readiness_probe
  span.arg span.args span.duration span.duration.human span.enterarg span.enterargs span.id span.nargs
  span.ntags span.tag span.tags span.time syslog.facility syslog.facility.str syslog.message syslog.severity
  syslog.severity.str
  ]],
  plugins = {
    anomalydetection = [[
    anomaly.count_min_sketch anomaly.count_min_sketch.profile anomaly.falco.duration_ns
    ]],
    cloudtrail = [[
    ct.addendum.originaleventid ct.addendum.originalrequestid ct.addendum.reason
    ct.addendum.updatedfields ct.additionaleventdata ct.apiversion ct.edgedevicedetails ct.error
    ct.errormessage ct.eventcategory ct.eventtype ct.id ct.info ct.managementevent ct.name
    ct.originaluser ct.readonly ct.recipientaccountid ct.region ct.request ct.request.availabilityzone
    ct.request.cluster ct.request.documentname ct.request.functionname ct.request.groupname ct.request.host
    ct.request.name ct.request.policy ct.request.reason ct.request.serialnumber ct.request.servicename
    ct.request.subnetid ct.request.target ct.request.taskdefinition ct.request.username ct.requestid
    ct.resources ct.response ct.response.reservationid ct.response.subnetid ct.serviceeventdetails
    ct.sessioncredentialfromconsole ct.sharedeventid ct.shortsrc ct.src ct.srcip ct.time
    ct.tlsdetails.ciphersuite ct.tlsdetails.clientprovidedhostheader ct.tlsdetails.tlsversion ct.user
    ct.user.accountid ct.user.arn ct.user.identitytype ct.user.principalid ct.useragent ct.vpcendpointid
    ec2.imageid ec2.imageids ec2.name ecr.imagetag ecr.repository iam.policy iam.role s3.bucket s3.bytes
    s3.bytes.in s3.bytes.out s3.cnt.get s3.cnt.other s3.cnt.put s3.key s3.uri
    ]],
    container = [[
    container.cni.json container.duration container.full_id container.healthcheck container.host_ipc
    container.host_network container.host_pid container.id container.image container.image.digest
    container.image.id container.image.repository container.image.tag container.ip container.label
    container.labels container.liveness_probe container.mount container.mount.dest container.mount.mode
    container.mount.propagation container.mount.rdwr container.mount.source container.mounts container.name
    container.privileged container.readiness_probe container.start_ts container.type k8s.deployment.id
    k8s.deployment.label k8s.deployment.labels k8s.deployment.name k8s.ns.id k8s.ns.label k8s.ns.labels
    k8s.ns.name k8s.pod.cni.json k8s.pod.full_sandbox_id k8s.pod.id k8s.pod.ip k8s.pod.label k8s.pod.labels
    k8s.pod.name k8s.pod.sandbox_id k8s.pod.uid k8s.rc.id k8s.rc.label k8s.rc.labels k8s.rc.name
    k8s.rs.id k8s.rs.label k8s.rs.labels k8s.rs.name k8s.svc.id k8s.svc.label k8s.svc.labels k8s.svc.name
    proc.is_container_healthcheck proc.is_container_liveness_probe proc.is_container_readiness_probe
    ]],
    gcpaudit = [[
    gcp.authorizationInfo gcp.callerIP gcp.cloudfunctions.function gcp.cloudsql.databaseId
    gcp.compute.instanceId gcp.compute.networkId gcp.compute.subnetwork gcp.compute.subnetworkId gcp.dns.zone
    gcp.iam.serviceAccount gcp.iam.serviceAccountId gcp.location gcp.logging.sink gcp.methodName
    gcp.policyDelta gcp.projectId gcp.request gcp.resourceLabels gcp.resourceName gcp.resourceType
    gcp.serviceName gcp.storage.bucket gcp.time gcp.user gcp.userAgent
    ]],
    github = [[
    github.action github.collaborator.name github.collaborator.role github.commit.added github.commit.modified
    github.commit.removed github.diff.committed_secrets.desc github.diff.committed_secrets.files
    github.diff.committed_secrets.lines github.diff.committed_secrets.links github.diff.has_secrets
    github.org github.owner github.repo github.repo.description github.repo.name github.repo.public
    github.repo.url github.type github.user github.webhook.id github.webhook.type github.workflow.filename
    github.workflow.has_miners github.workflow.miners.type
    ]],
    json = [[
    jevt.obj jevt.rawtime jevt.value json.obj json.rawtime json.value
    ]],
    k8saudit = [[
    ka.auditid ka.auth.decision ka.auth.openshift.decision ka.auth.openshift.username
    ka.auth.reason ka.cluster.name ka.impuser.name ka.req.binding.role ka.req.binding.subject.has_name
    ka.req.binding.subjects ka.req.binding.subjects.group_names ka.req.binding.subjects.serviceaccount_names
    ka.req.binding.subjects.serviceaccount_ns_names ka.req.binding.subjects.user_names
    ka.req.configmap.name ka.req.configmap.obj ka.req.container.host_network
    ka.req.container.image ka.req.container.image.repository ka.req.container.privileged
    ka.req.pod.containers.add_capabilities ka.req.pod.containers.allow_privilege_escalation
    ka.req.pod.containers.args ka.req.pod.containers.command ka.req.pod.containers.eff_run_as_group
    ka.req.pod.containers.eff_run_as_user ka.req.pod.containers.host_port ka.req.pod.containers.image
    ka.req.pod.containers.image.repository ka.req.pod.containers.name ka.req.pod.containers.privileged
    ka.req.pod.containers.proc_mount ka.req.pod.containers.read_only_fs ka.req.pod.containers.run_as_group
    ka.req.pod.containers.run_as_user ka.req.pod.ephemeralContainers.add_capabilities
    ka.req.pod.ephemeralContainers.allow_privilege_escalation ka.req.pod.ephemeralContainers.args
    ka.req.pod.ephemeralContainers.command ka.req.pod.ephemeralContainers.eff_run_as_group
    ka.req.pod.ephemeralContainers.eff_run_as_user ka.req.pod.ephemeralContainers.image
    ka.req.pod.ephemeralContainers.image.repository ka.req.pod.ephemeralContainers.name
    ka.req.pod.ephemeralContainers.privileged ka.req.pod.ephemeralContainers.proc_mount
    ka.req.pod.ephemeralContainers.read_only_fs ka.req.pod.ephemeralContainers.run_as_group
    ka.req.pod.ephemeralContainers.run_as_user ka.req.pod.fs_group ka.req.pod.host_ipc
    ka.req.pod.host_network ka.req.pod.host_pid ka.req.pod.initContainers.add_capabilities
    ka.req.pod.initContainers.allow_privilege_escalation ka.req.pod.initContainers.args
    ka.req.pod.initContainers.command ka.req.pod.initContainers.eff_run_as_group
    ka.req.pod.initContainers.eff_run_as_user ka.req.pod.initContainers.host_port
    ka.req.pod.initContainers.image ka.req.pod.initContainers.image.repository
    ka.req.pod.initContainers.name ka.req.pod.initContainers.privileged
    ka.req.pod.initContainers.proc_mount ka.req.pod.initContainers.read_only_fs
    ka.req.pod.initContainers.run_as_group ka.req.pod.initContainers.run_as_user ka.req.pod.run_as_group
    ka.req.pod.run_as_user ka.req.pod.supplemental_groups ka.req.pod.volumes.flexvolume_driver
    ka.req.pod.volumes.hostpath ka.req.pod.volumes.volume_type ka.req.role.rules ka.req.role.rules.apiGroups
    ka.req.role.rules.nonResourceURLs ka.req.role.rules.resources ka.req.role.rules.verbs ka.req.service.ports
    ka.req.service.type ka.req.volume.hostpath ka.resp.name ka.response.code ka.response.reason
    ka.security.pod.violations ka.sourceips ka.stage ka.target.name ka.target.namespace ka.target.pod.name
    ka.target.resource ka.target.subresource ka.uri ka.uri.param ka.user.groups ka.user.name ka.useragent
    ka.validations.admission.policy.failure ka.verb
    ]],
    k8smeta = [[
    k8smeta.deployment.label k8smeta.deployment.labels k8smeta.deployment.name k8smeta.deployment.uid
    k8smeta.ns.label k8smeta.ns.labels k8smeta.ns.name k8smeta.ns.uid k8smeta.pod.ip k8smeta.pod.label
    k8smeta.pod.labels k8smeta.pod.name k8smeta.pod.uid k8smeta.rc.label k8smeta.rc.labels k8smeta.rc.name
    k8smeta.rc.uid k8smeta.rs.label k8smeta.rs.labels k8smeta.rs.name k8smeta.rs.uid k8smeta.svc.label
    k8smeta.svc.labels k8smeta.svc.name k8smeta.svc.uid
    ]],
    krsi = [[
    krsi.cip krsi.cport krsi.dev krsi.dirfd krsi.domain krsi.fd krsi.file_index krsi.flags krsi.ino
    krsi.iou_ret krsi.linkdirfd krsi.linkpath krsi.mode krsi.name krsi.newdirfd krsi.newpath krsi.olddirfd
    krsi.oldpath krsi.path krsi.protocol krsi.res krsi.sip krsi.sport krsi.target krsi.type
    ]],
    okta = [[
    okta.actor.Type okta.actor.alternateid okta.actor.id okta.actor.name okta.app
    okta.authentication.credentialprovider okta.authentication.provider okta.authentication.sessionid
    okta.authentication.step okta.behaviors okta.client.device okta.client.geo.city okta.client.geo.country
    okta.client.geo.lat okta.client.geo.lon okta.client.geo.postalcode okta.client.geo.state okta.client.id
    okta.client.ip okta.client.zone okta.evt.legacytype okta.evt.type okta.logonlysecuritydata
    okta.message okta.mfa.deny.countlast okta.mfa.failure.countlast okta.org okta.principal.alternateid
    okta.principal.id okta.principal.name okta.principal.type okta.published okta.reason okta.requesturi
    okta.result okta.security.asnumber okta.security.asorg okta.security.domain okta.security.isp
    okta.security.isproxy okta.severity okta.target.app.alternateid okta.target.group.alternateid
    okta.target.group.id okta.target.group.name okta.target.user.alternateid okta.target.user.id
    okta.target.user.name okta.targets.displayName okta.transaction.id okta.transaction.type
    okta.useragent.browser okta.useragent.os okta.useragent.raw
    ]],
  },
}
