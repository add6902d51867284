/*
 * stock: runs the functions of a script in a bare loop of stock Lua.
 *
 * Unpatched Lua 5.4, compiled as by its own makefile; each call is lua_pcall with what is pushed before and
 * read after it. That is the cost of a call into Lua, whoever makes it. The scripts are those that lure
 * runs; of `require "lure"` they have only `env` here.
 *
 * On failure every function ends the program with a message.
 */
#ifndef LURE_BENCH_STOCK_H
#define LURE_BENCH_STOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stock;

/* A value that was read. The text stays until the next call. */
struct stock_value {
    bool exists;
    const char *text;
    size_t length;
    uint64_t number;
};

/* Loads the script and opens its source. */
struct stock *stock_open(const char *script, const char *params);
void stock_close(struct stock *stock);

/* The next payload; at its end the source is opened again. */
struct stock_value stock_next(struct stock *stock);

/* Shows a payload, which the script decodes, if it does, in what follows. */
void stock_turn_to(struct stock *stock, const char *payload, size_t length);

/* Calls the function of a field, and reads a text or a number, as its type is. */
struct stock_value stock_ask(struct stock *stock, uint32_t field);

#endif
