/*
 * apiversion: version numbers of Falco's plugin API.
 *
 * There are two incompatible APIs: 0.3.0 and 3. What a minor version of 3 added has that version's number
 * where it is declared: functions and struct members in v3/abi.h, keys of the script's table in
 * script/keys.def.
 */
#ifndef LURE_BASE_APIVERSION_H
#define LURE_BASE_APIVERSION_H

/* The two plugin APIs that lure implements: 0.3.0 and 3. */
enum abi { ABI_0 = 0, ABI_3 = 3 };

/* The newest minor version of 3 that v3/abi.h describes. Everything that depends on it uses this, or is
 * compared with it by a spec. */
#define API_3_NEWEST_MINOR 12

/* The first minor version with tables as fields of tables. */
#define API_3_SINCE_TABLES_IN_TABLES 5

#endif
