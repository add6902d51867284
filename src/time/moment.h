/*
 * moment: the parts of a point in time while its text is read, and what they are together.
 *
 * Functions that begin with take_ read something at the place that the parser has reached, and go on behind
 * it. False: it is not there; the place is then anywhere. Texts need not end with NUL. Nothing is allocated,
 * and nothing depends on the locale or the zone of the process. Thread safe.
 */
#ifndef LURE_TIME_MOMENT_H
#define LURE_TIME_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A point in time from the year 1 to 9999. */
struct instant {
    int64_t seconds;     /* since 1970 */
    int32_t nanoseconds; /* 0 to 999999999 after that */
};

/* How reading a time has ended. */
enum time_read {
    TIME_READ_OK,
    TIME_READ_SYNTAX, /* no time of that notation or format */
    TIME_READ_DATE,   /* a day that its month or year does not have */
    TIME_READ_RANGE,  /* outside of the years 1 to 9999 */
};

/* What a text does not say. */
struct time_defaults {
    int east;             /* seconds by which its zone is ahead of UTC */
    int year;             /* 0: of a text with a month, the year in which it is nearest to now */
    int64_t (*now)(void); /* seconds since 1970; asked where it counts */
};

struct moment {
    const char *at, *end;     /* what is not read yet */
    int year, month, day;     /* 0: not said */
    int day_of_year;          /* from 1; 0: not said */
    int hour, minute, second; /* up to 60 */
    int half;                 /* %p: 12 in the afternoon; -1: not said */
    int ns;                   /* of the second */
    int east;                 /* seconds by which the zone is ahead */
    bool has_zone;
    bool has_epoch, is_before; /* seconds since 1970, or before, are all that counts, with `ns` */
    int64_t epoch;
};

struct moment moment_begin(const char *text, size_t length);

/* The parts together. */
enum time_read moment_end(const struct moment *moment, const struct time_defaults *defaults,
                          struct instant *instant);

/* As far on the other side of 1970. */
struct instant instant_negated(const struct instant *instant);

/* True if it lies in the years 1 to 9999. */
bool instant_is_valid(const struct instant *instant);

/* False: it does not fit into 64 bits, or, unsigned, lies before 1970. */
bool instant_nanoseconds(const struct instant *instant, int64_t *ns);
bool instant_nanoseconds_unsigned(const struct instant *instant, uint64_t *ns);

/* White space in ASCII. */
static inline bool moment_is_space(char letter)
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

static inline bool moment_is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* The next byte, or 0. */
static inline char moment_next(const struct moment *moment)
{
    return (char)(moment->at < moment->end ? *moment->at : '\0');
}

/* One of a set of letters. */
static inline bool take_letter(struct moment *moment, const char *letters)
{
    for (; moment->at < moment->end && *letters != '\0'; letters++) {
        if (*moment->at == *letters) {
            moment->at++;
            return true;
        }
    }
    return false;
}

/* White space; false: there is none. */
bool take_space(struct moment *moment);

/* A word, in any case. */
bool take_word(struct moment *moment, const char *word, size_t length);

/* The name of a month or weekday, in full or its first three letters: its index; -1: none of them. */
int take_name(struct moment *moment, const char *const *names, int count);

/* A number of `fewest` to `most` digits, from `least` to `greatest`. */
bool take_number(struct moment *moment, int fewest, int most, int least, int greatest, int *number);

/* A number of exactly two digits. */
static inline bool take_two_digits(struct moment *moment, int least, int greatest, int *number)
{
    unsigned tens, ones;

    if (moment->end - moment->at < 2) {
        return false;
    }
    tens = (unsigned)(moment->at[0] - '0');
    ones = (unsigned)(moment->at[1] - '0');
    *number = (int)(10 * tens + ones);
    moment->at += 2;
    return tens <= 9 && ones <= 9 && *number >= least && *number <= greatest;
}

/* The digits of a fraction of a second: ".5" is 500 million nanoseconds; digits beyond those are dropped. */
bool take_fraction(struct moment *moment);

/* The point or comma of a fraction, where digits follow. */
bool take_point(struct moment *moment);

/* "10:20:30", perhaps with a fraction. */
bool take_time_of_day(struct moment *moment);

/* "Z", "UTC", "GMT", "+01:00", "+0100", "+01". */
bool take_zone(struct moment *moment);

/* A year in two digits: 1969 to 2068, as in POSIX. */
bool take_short_year(struct moment *moment);

#endif
