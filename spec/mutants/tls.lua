return {
  { name = "tls-fork-order", file = "src/tls/config.c", kind = "wrong order", build = "plainly",
    old = [[globaldata_mutex.MBEDTLS_PRIVATE(mutex), 0);]], new = [[globaldata_mutex.MBEDTLS_PRIVATE(mutex), 2);]],
    breaks = "a fork and a thread that makes a key wait for each other for ever",
    spec = "spec/badhost/heldlocks_spec.lua" },
  { name = "tls-fork-adopted", file = "src/tls/config.c", kind = "missing lock", build = "plainly",
    old = "    fork_lock_adopt(&locks[1], &mbedtls_threading_psa_rngdata_mutex.MBEDTLS_PRIVATE(mutex), 1);\n", new = "",
    breaks = "Mbed TLS's lock of random numbers stays locked in a forked child",
    spec = "spec/badhost/heldlocks_spec.lua" },
}
