return {
  { name = "unpack-behind", file = "src/compress/packer.c", kind = "missing check",
    old = "if (packer->format != PACKER_GZIP || next[i] != 0) {", new = "if (packer->format != PACKER_GZIP) {",
    breaks = "what is behind gzip data is thrown away",
    spec = "spec/compress/compress_spec.lua", test = "refuses something else behind them" },
}
