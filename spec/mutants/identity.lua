return {
  { name = "bundle-text-length", file = "src/identity/bundle.c", kind = "missing check",
    old = "    if (cursor->left < text->length) {", new = "    if (false) {",
    breaks = "a packed file that says it is longer than the library is read beyond that",
    spec = "spec/cli/pack_spec.lua", test = "lie, with" },
  { name = "bundle-checksum", file = "src/identity/bundle.c", kind = "missing check",
    old = [[ &&
           own.checksum == hash_bytes(HASH_BASIS, segment->at, segment->left);]], new = ";",
    breaks = "a packed script in which a byte has changed is run",
    spec = "spec/cli/pack_spec.lua", test = "bytes were changed" },
  { name = "bundle-cut-off", file = "src/identity/bundle.c", kind = "missing check",
    old = "    if (!is_readable(*segment)) {", new = "    if (false) {",
    breaks = "a packed library that was cut short ends the host with SIGBUS",
    spec = "spec/cli/pack_spec.lua", test = "was cut short" },
  { name = "loading-reference", file = "src/identity/loading.c", kind = "missing release",
    old = "    identity_release(previous);\n", new = "",
    breaks = "each loading keeps the script of the one before it",
    spec = "spec/load/loadings_spec.lua", test = "again and again" },
  { name = "loading-lock", file = "src/identity/loading.c", kind = "missing lock", build = "tsan",
    old = [[    struct loading *loading;

    forks_lock();
    loading = find_of_thread();
    if (loading != NULL && loading->minor < minor) {
        loading->minor = minor;
    }
    forks_unlock();]], new = [[    struct loading *loading = find_of_thread();

    if (loading != NULL && loading->minor < minor) {
        loading->minor = minor;
    }]],
    breaks = "a thread looks for its loading while others remove theirs",
    spec = "spec/load/loadings_spec.lua", test = "on another thread while" },
  { name = "reload-tried", file = "src/identity/reload.c", kind = "missing reset",
    old = "    state->reload->settled = false;\n", new = "",
    breaks = "a changed script that was refused is read again at each call, until the files are looked at",
    spec = "spec/reload/broken_spec.lua", test = "is tried once" },
  { name = "schema-list-cut", file = "src/identity/schemacheck.c", kind = "missing clamp",
    old = [[        if (used >= size) {
            snprintf(list + size - sizeof(", …"), sizeof(", …"), ", …");
            return;
        }
]], new = "",
    breaks = "the names of many keys are written beyond the list of them",
    spec = "spec/script/bounds_spec.lua", test = "cut where it has no room" },
}
