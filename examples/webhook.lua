-- webhook: what happens in GitHub's repositories, as its webhooks tell it, each signed with their secret.
local lure = require "lure"
local secret

return {
  name = "webhook", version = "0.1.0", id = 999, event_source = "webhook",
  description = "Webhooks of GitHub", contact = "you@example.org",
  config = { secret = { type = "string", required = true, secret = true, minLength = 16, description = "As in GitHub" } },
  init = function(config) secret = config.secret end,
  open_params = { { value = "tcp://127.0.0.1:8080", desc = "Where a proxy that speaks TLS sends them" } },
  produce = function(address, emit)
    lure.http.serve({ listen = address, methods = { "POST" } }, function(request)
      local signature = "sha256=" .. lure.crypto.hex(lure.crypto.hmac("sha256", secret, request.body))
      if not lure.crypto.equal(signature, request.headers["x-hub-signature-256"] or "") then return 403 end
      local is_json, payload = pcall(lure.json.decode, request.body)
      if not is_json then return 400, nil, "expected JSON: set the content type application/json\n" end
      emit(lure.json.encode { event = request.headers["x-github-event"], payload = payload })
      return 204
    end)
  end,
  fields = {
    { name = "webhook.event", type = "string", desc = "What happened: push, public, deploy_key, ...", path = "/event" },
    { name = "webhook.action", type = "string", desc = "What was done: created, deleted, ...", path = "/payload/action" },
    { name = "webhook.repository", type = "string", desc = "OWNER/NAME", path = "/payload/repository/full_name" },
    { name = "webhook.user", type = "string", desc = "Who did it", path = "/payload/sender/login" },
    { name = "webhook.ref", type = "string", desc = "The branch or tag of a push", path = "/payload/ref" },
    { name = "webhook.forced", type = "bool", desc = "The push has rewritten the branch", path = "/payload/forced" },
    { name = "webhook.value", type = "string", desc = "Anything, by its path", path = lure.ARG,
      arg = { key = true, required = true } },
  },
}
