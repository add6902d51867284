-- registry: what the Falco project's registry of plugins has given away, and its rules for names and ids.
--
-- As of 2026-08-03 (registry.yaml and docs/plugin-ids.md of falcosecurity/plugins).

return {
  date = "2026-08-03",
  names = {
    [1] = "k8saudit", [2] = "cloudtrail", [3] = "dummy", [4] = "dummy_c", [5] = "docker", [6] = "seccompagent",
    [7] = "okta", [8] = "github", [9] = "k8saudit-eks", [10] = "nomad", [11] = "dnscollector", [12] = "gcpaudit",
    [13] = "syslogsrv", [14] = "salesforce", [15] = "box", [16] = "k8saudit-gke", [17] = "journald", [18] = "kafka",
    [19] = "gitlab", [20] = "keycloak", [21] = "k8saudit-aks", [22] = "k8saudit-ovh", [23] = "dummy_rs",
    [24] = "collector", [25] = "awselb", [26] = "edera", [27] = "nginx", [28] = "coding_agent",
  },
  test_id = 999,
  private_ids = { first = 1 << 30, last = (1 << 31) - 1 }, -- for use at home; higher ones are for nobody
  reserved_sources = { syscall = true, internal = true, plugins = true },
  name_pattern = "^%l+[%l%d_-]*$",
  source_pattern = "^%l+[%l%d_]*$",
}
