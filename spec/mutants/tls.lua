return {
  { name = "tls-fork-order", file = "src/tls/config.c", kind = "wrong order", build = "plainly",
    old = [[&locks[0], &mbedtls_threading_psa_globaldata_mutex.MBEDTLS_PRIVATE(mutex));
    fork_lock_adopt(&locks[1], &mbedtls_threading_psa_rngdata_mutex.MBEDTLS_PRIVATE(mutex));
    fork_lock_adopt(&locks[2], &mbedtls_threading_key_slot_mutex.MBEDTLS_PRIVATE(mutex));]],
    new = [[&locks[0], &mbedtls_threading_key_slot_mutex.MBEDTLS_PRIVATE(mutex));
    fork_lock_adopt(&locks[1], &mbedtls_threading_psa_rngdata_mutex.MBEDTLS_PRIVATE(mutex));
    fork_lock_adopt(&locks[2], &mbedtls_threading_psa_globaldata_mutex.MBEDTLS_PRIVATE(mutex));]],
    breaks = "a fork and a thread that makes a key wait for each other for ever",
    spec = "spec/badhost/heldlocks_spec.lua" },
  { name = "tls-fork-adopted", file = "src/tls/config.c", kind = "missing lock", build = "plainly",
    old = "    fork_lock_adopt(&locks[1], &mbedtls_threading_psa_rngdata_mutex.MBEDTLS_PRIVATE(mutex));\n", new = "",
    breaks = "Mbed TLS's lock of random numbers stays locked in a forked child",
    spec = "spec/badhost/heldlocks_spec.lua" },
}
