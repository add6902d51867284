return {
  { name = "window-inside", file = "src/window/window.c", kind = "bound by one",
    old = "(uint64_t)ns > (uint64_t)window->span", new = "(uint64_t)ns >= (uint64_t)window->span",
    breaks = "an event that is as old as a window is long does not count",
    spec = "spec/window/window_spec.lua", test = "forgets an event once a newer one" },
  { name = "window-keys", file = "src/window/window.c", kind = "bound by one",
    old = "window->key_index.count >= window->most_keys", new = "window->key_index.count > window->most_keys",
    breaks = "a window has a key more than it may",
    spec = "spec/window/window_spec.lua", test = "drops the key that was added to longest ago" },
  { name = "window-birth", file = "src/window/window.c", kind = "missing check",
    old = "if (key->birth != event.birth) {", new = "if (false) {",
    breaks = "events of a key that was dropped are taken from the one in its place",
    spec = "spec/window/window_spec.lua", test = "takes no events of a dropped key from the one in its place" },
}
