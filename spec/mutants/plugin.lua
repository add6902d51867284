return {
  { name = "cache-field-number", file = "src/plugin/fieldcache.h", kind = "bound by one",
    old = "return field < cache->fields ?", new = "return field <= cache->fields ?",
    breaks = "a field number equal to their count reads behind the field cache",
    spec = "spec/badhost/lyinghost_spec.lua", test = "behind the last one" },
  { name = "cache-row", file = "src/plugin/fieldcache.h", kind = "bound by one",
    old = "slot->row + cache->position - 1;", new = "slot->row + cache->position;",
    breaks = "an event gets the prefetched value of the next one",
    spec = "spec/extract/batchprefetch_spec.lua", test = "is that of its event" },
  { name = "batch-room", file = "src/plugin/payloads.c", kind = "missing check",
    old = [[ &&
                                     size <= limits->bytes - instance->bytes)]], new = ")",
    breaks = "a batch has more bytes than it may have",
    spec = "spec/source/batches_spec.lua", test = "batch.bytes" },
  { name = "payload-size", file = "src/plugin/payloads.c", kind = "bound by one",
    old = "if (payload == NULL || size > LARGEST_PAYLOAD) {", new = "if (payload == NULL || size > LARGEST_PAYLOAD + 1) {",
    breaks = "a payload of 64 MiB and a byte is passed on",
    spec = "spec/source/batches_spec.lua", test = "over 64 MiB" },
  { name = "batch-events", file = "src/plugin/instance.h", kind = "bound by one",
    old = "return instance->events < limits->events &&", new = "return instance->events <= limits->events &&",
    breaks = "next is called once more than the batch has room for",
    spec = "spec/source/batches_spec.lua", test = "room in the batch" },
  { name = "next-wait-locked", file = "src/plugin/taskrun.c", kind = "missing release",
    old = [[        fairlock_leave(&plugin->lock);
        poller_wait(poller);
        fairlock_enter(&plugin->lock);]], new = "        poller_wait(poller);",
    breaks = "next_batch waits with the state's lock held",
    spec = "spec/async/metrics_spec.lua", test = "while next_batch waits" },
  { name = "fill-again", file = "src/plugin/nextbatch.c", kind = "missing check",
    old = "    if (instance->filling) {", new = "    if (false) {",
    breaks = "next_batch that the host calls from inside of next frees the batch that is filled",
    spec = "spec/badhost/badhost_spec.lua",
    survives = "a host would have to call next_batch of one source on two threads; calls from inside are refused before" },
  { name = "lock-give-up", file = "src/plugin/fairlock.c", kind = "missing release",
    old = [[    entered = pthread_mutex_timedlock(&lock->inside, &until) == 0;
    pthread_mutex_unlock(&lock->next);]], new = [[    entered = pthread_mutex_timedlock(&lock->inside, &until) == 0;
    if (entered) {
        pthread_mutex_unlock(&lock->next);
    }]],
    breaks = "who gives up waiting for the lock keeps others from ever getting it",
    spec = "spec/async/metrics_spec.lua", test = "while the script is at work" },
  { name = "background-wait-locked", file = "src/plugin/background.c", kind = "missing release",
    old = [[    fairlock_leave(&plugin->lock);
    poller_wait(&background->poller);
    fairlock_enter(&plugin->lock);]], new = "    poller_wait(&background->poller);",
    breaks = "a wait in async keeps next waiting",
    spec = "spec/tasks/background_spec.lua", test = "keeps neither next" },
  { name = "repeated-ready", file = "src/plugin/repeated.c", kind = "missing check",
    old = "    if (repeated->task.status == TASK_READY && !has_begun(repeated)) {", new = "    if (false) {",
    breaks = "a call at intervals that is due but has not begun is cancelled as if it waited",
    spec = "spec/async/listening_spec.lua", test = "waits for each function" },
  { name = "pace", file = "src/plugin/instance.h", kind = "missing check",
    old = "    return instance->began < instance->slow_until;", new = "    return false;",
    breaks = "events wait for a source that blocks",
    spec = "spec/source/pace_spec.lua", test = "keeps nothing back" },
  { name = "offset-length", file = "src/plugin/fieldresults.c", kind = "bound by one",
    old = "(size_t)length > size - (size_t)start)", new = "(size_t)length > size - (size_t)start + 1)",
    breaks = "a value's place may end a byte behind the payload",
    spec = "spec/events/offsets_spec.lua" },
  { name = "same-event-zero", file = "src/plugin/extraction.c", kind = "missing check",
    old = [[ &&
           (event->num != 0 || same_bytes(extraction, event));]], new = ";",
    breaks = "two events numbered 0 in the same buffer are taken for one",
    spec = "spec/extract/valid_spec.lua", test = "reuses one buffer" },
  { name = "when-forgotten", file = "src/plugin/extraction.c", kind = "missing reset",
    old = [[    extraction->when = VALUE_UNKNOWN;
    extraction->decoded = DECODED_NOT_YET;]], new = "    extraction->decoded = DECODED_NOT_YET;",
    breaks = "an event without what when says has fields, where the one before had it",
    spec = "spec/extract/declared_spec.lua", test = "leaves events without it" },
  { name = "scan-forgotten", file = "src/plugin/extraction.c", kind = "missing reset",
    old = [[    extraction->json.made = false;
    extraction->scan = (struct payload_scan){.done = false};
    memset(extraction->prefetched, 0, sizeof(extraction->prefetched));
    extraction->has_prefetched = false;]], new = [[    extraction->json.made = false;
    memset(extraction->prefetched, 0, sizeof(extraction->prefetched));
    extraction->has_prefetched = false;]],
    breaks = "an event gets what a path found in the one before",
    spec = "spec/extract/paths_spec.lua", test = "events follow each other" },
  { name = "breaker-success", file = "src/plugin/circuitbreaker.c", kind = "missing reset",
    old = [[        *breaker = (struct breaker){.until = 0};]], new = "        (void)breaker;",
    breaks = "timeouts with successes between them suspend a function",
    spec = "spec/script/circuitbreaker_spec.lua", test = "tried again" },
  { name = "event-of-call", file = "src/plugin/callbacks.c", kind = "missing reset",
    old = [[    plugin->extraction.object->event = NULL;
]], new = "",
    breaks = "an event that a script has kept is read after the host has freed it",
    spec = "spec/extract/fields_spec.lua", test = "used after its call" },
  { name = "iterator-reference", file = "src/plugin/eventsource.c", kind = "missing release",
    old = [[    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, instance->iterator);
]], new = "",
    breaks = "each source that was open leaves its iterator in memory",
    spec = "spec/memory/flat_spec.lua", test = "with an iterator" },
  { name = "index-range", file = "src/plugin/extraction.c", kind = "missing clamp",
    old = "    return sum <= INT64_MAX;", new = "    return true;",
    breaks = "an index of 2^63 is negative for the script",
    spec = "spec/extract/types_spec.lua", test = "either is an integer" },
  { name = "waiting-dropped", file = "src/plugin/payloads.c", kind = "wrong order",
    old = "const struct place place = {instance->waiting_from++, length, false};",
    new = "const struct place place = {++instance->waiting_from, length, false};",
    breaks = "a list's elements are counted before they are read",
    spec = "spec/source/batches_spec.lua", test = "go on in the next batch" },
}
