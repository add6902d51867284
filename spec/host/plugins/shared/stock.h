/*
 * stock: a small state table for test plugins to offer: up to 16 entries with keys of
 * uint64, the fields "count" (int64), "label" (string), and "parts", a subtable of the same kind.
 */
#ifndef SPEC_HOST_STOCK_H
#define SPEC_HOST_STOCK_H

#include "v3/abi.h"

struct stock;

/* Its functions set this where they fail. */
extern const char *stock_error;

struct stock *stock_new(void);
void stock_free(struct stock *stock);

/* To be offered as it is; it lives as long as the stock. */
ss_plugin_table_input *stock_input(struct stock *stock);

#endif
