return {
  { name = "host-event-length", file = "src/testhost/hostevent.c", kind = "missing check",
    old = " || lengths[1] != header.len - PLUGIN_EVENT_PAYLOAD_OFFSET)", new = ")",
    breaks = "lure.host reads a payload beyond the event that a plugin made",
    spec = "spec/host/running_spec.lua", test = "malformed events" },
  { name = "host-single-value", file = "src/testhost/v3_extract.c", kind = "missing check",
    old = "if (answer->res_len > 1 && !field->list)", new = "if (false)",
    breaks = "lure.host takes two values for a field that is no list",
    spec = "spec/host/extraction_spec.lua", test = "names the rule" },
  { name = "host-offset-bound", file = "src/testhost/v3_extract.c", kind = "bound by one",
    old = "places->length[i] > length)", new = "places->length[i] > length + 1)",
    breaks = "lure.host takes a place that ends a byte behind the event",
    spec = "spec/host/extraction_spec.lua", test = "names the rule" },
  { name = "host-entry-gone", file = "src/testhost/entryhandle.c", kind = "missing check",
    old = "else if (handle->state == HANDLE_GONE)", new = "else if (false)",
    breaks = "lure.host does not see that a plugin uses an entry that it has released",
    spec = "spec/host/tables_spec.lua", test = "breaks a rule" },
  { name = "host-event-spoiled", file = "src/testhost/v3_eventinput.c", kind = "missing reset",
    old = "    guard_spoil(&state->shown.input);\n", new = "",
    breaks = "lure.host does not see that a plugin keeps a host's struct",
    spec = "spec/host/extraction_spec.lua", test = "gone after the call" },
  { name = "host-async-lock", file = "src/testhost/asyncevents.c", kind = "missing lock", build = "tsan",
    old = [[    pthread_mutex_lock(&async->lock);
    list = async->waiting;
    memset(&async->waiting, 0, sizeof async->waiting);
    pthread_mutex_unlock(&async->lock);]], new = [[    list = async->waiting;
    memset(&async->waiting, 0, sizeof async->waiting);]],
    breaks = "async events are taken from lure.host while others come in" },
  { name = "host-string-list", file = "src/testhost/stringlist.c", kind = "missing check",
    old = [[        fine = !cJSON_IsArray(item) && !cJSON_IsObject(item);
]], new = "",
    breaks = "lure.host takes lists of lists where libsinsp refuses them",
    spec = "spec/host/loading_spec.lua", test = "does not accept" },
}
