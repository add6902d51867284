/*
 * evalcode: the instructions of a side-effect-free function, decoded once.
 *
 * Each of Lua's instructions becomes an operation, in the same order: operands are where they can be used as
 * they are, comparisons have the place that they jump to. What is never evaluated is DO_CALL.
 *
 * For eval.c and evalrun.c only.
 */
#ifndef LURE_LUA_EVALCODE_H
#define LURE_LUA_EVALCODE_H

#include "lua/eval.h"

#include "lprefix.h"

#include "lobject.h"

#include <stdbool.h>
#include <stdint.h>

struct run;
struct operation;

/* Carries out an operation and those that follow. What the function returns; NULL: it has to be called. */
typedef const TValue *operation_function(struct run *run, struct operation *operation);

/* What a function may use of Lua's stack. */
#define REGISTERS 16

/* A, B, C: the registers; K: the constant; C|K: the constant, where `has_constant` says so. */
enum operation_kind {
    DO_CALL,          /* nothing: the function has to be called */
    DO_RETURN,        /* A */
    DO_RETURN_NIL,    /* */
    DO_FUNCTION,      /* A = A(`count` arguments behind it) */
    DO_TAIL_FUNCTION, /* the same, and returns it */
    DO_MOVE,          /* A = B */
    DO_LOAD,          /* A = K */
    DO_LOAD_SKIP,     /* the same, and leaves one operation out */
    DO_LOAD_NIL,      /* A and `count` behind it = nil */
    DO_GET_UPVALUE,   /* A = upvalue */
    DO_SET_UPVALUE,   /* upvalue = A */
    DO_GET_UPFIELD,   /* A = upvalue.K */
    DO_GET_FIELD,     /* A = B.K */
    DO_GET_DATA,      /* the same, where K is "data" */
    DO_GET_KEY,       /* A = B[C|K] */
    DO_SET_FIELD,     /* A.K = value, or where that is NULL C */
    DO_NEW_LIST,      /* A = {}, and leaves out the next, which has its size */
    DO_APPEND,        /* A[B] = value, or where that is NULL C */
    DO_ITERATE,       /* A, A+1, A+2, A+3 = A(A+1): what a loop needs; A is ipairs */
    DO_NEXT,          /* A+4, A+5 = the next; on at `to`, `count` operations before what is behind it, or
                         leaves one out; `truth`: an iteration uses no text or document of another */
    DO_NOT,           /* A = not B */
    DO_LENGTH,        /* A = #B */
    DO_JOIN,          /* A = A .. as many as `count` from there */
    DO_ADD,           /* A = B + C, and leaves out the next, which is for metamethods, as do: */
    DO_ADD_INTEGER,   /* A = B + K */
    DO_MODULO,        /* A = B % C|K */
    DO_ARITHMETIC,    /* A = B opcode C|K; `swapped`: C|K opcode B */
    DO_JUMP,          /* on at `to`, which is behind it */
    DO_TEST,          /* on at `to` if A is `truth`, else leaves one operation out, as do: */
    DO_TEST_SET,      /* the same of B, and A = B if so */
    DO_EQUAL_INTEGER, /* A == K */
    DO_COMPARE        /* A opcode C|K, with OP_EQ, OP_LT, OP_LE; `swapped`: C|K opcode A */
};

struct operation {
    operation_function *carry_out; /* of its kind; set by evalrun.c */
    uint8_t kind;                  /* enum operation_kind */
    uint8_t a, b, c;               /* offsets of the registers, in bytes */
    uint8_t opcode;                /* Lua's for registers, OpCode */
    uint8_t count;
    bool truth;
    bool has_constant : 1, swapped : 1;
    unsigned hint; /* the node of a table where K was found last */
    TValue constant;
    union {
        struct operation *to;
        UpVal *const *upvalue;
        const TValue *value;
    };
};

struct eval_function {
    const LClosure *closure; /* keeps what the operations point to */
    int length;
    struct operation operations[]; /* `length`, and behind them two DO_CALL, so that none leads out of them */
};

/* Decodes the instructions of its closure. */
void evalcode_decode(struct eval_function *function);

#endif
