---@meta lure
-- Types of all that a script can use, for LuaLS (lua-language-server): put this directory into `workspace.library`, and
-- write `---@type lure.Plugin` above the script's table. script/reference makes the tables of docs/reference.md of
-- these texts. A module that `require` finds by a name of its own has a file
-- of its own: lure/host.lua, and lure/testing.lua, which is the module itself.

---@class lure.Plugin
--- The plugin's name. Required.
---@field name string
--- The plugin's version, three numbers: `"1.2.3"`. Required.
---@field version string
--- One sentence for lists of plugins.
---@field description? string
--- Who answers questions about the plugin.
---@field contact? string
--- The plugin's number in Falco's registry; 999 is for tests. `id` and `event_source` together make an event source.
---@field id? integer
--- The name of its events in rules (`source: …`).
---@field event_source? string
--- A plugin API version to insist on. By default lure declares the lowest version that the script needs.
---@field required_api_version? string
--- The fields, see [Fields](#fields).
---@field fields? lure.Field[]
--- The properties of `init_config`, each a [property](#configuration) of a JSON Schema, by name.
---@field config? table<string, lure.Property>
--- The text of a whole JSON Schema for `init_config`, instead of `config`.
---@field init_schema? string
--- The properties of the open parameters, as in `config`. `open` then gets them decoded and checked.
---@field params? table<string, lure.Property>
--- Suggested open parameters: a list of `{ value = …, desc = … }`, or a function that returns one.
---@field open_params? lure.OpenParam[] | fun(): lure.OpenParam[]
--- The largest batch of events: `events` (512), `bytes` (1 MiB), `milliseconds` (20; from 1 to 100), see [Waiting](#waiting).
---@field batch? { events?: integer, bytes?: integer, milliseconds?: integer }
--- Called once with the checked configuration, defaults filled in. Values are as `lure.json.decode` returns them: null is
--- `lure.json.null`, an integer above 2^63-1 is a string of digits, and a float that is integral (`5.0`) is an integer.
---@field init? fun(config: table): any, string?
--- Called once at the end, if `init` succeeded.
---@field destroy? fun()
--- Opens the event source. Returns an instance (any value) for `next`; without `next`, an iterator as the generic `for` takes it,
--- whose first value is a payload and whose second and third, if any, are its time and its cursor. Of an iterator with several values, such as
--- `gmatch`, return only the first one.
---@field open? fun(params: any): any, ...
--- Returns a payload and perhaps its time in ns and a [cursor](#cursors), or a list of payloads in which `{ payload, ns, cursor }` has
--- a time and a cursor of its own. `nil` is the end of the source, `lure.TIMEOUT` means that there is nothing now.
---@field next? fun(instance: any): lure.Payload | (lure.Payload | lure.TimedPayload)[] | lure.Timeout | nil, integer | string?, lure.Cursor?
--- The whole event source as one function, instead of `open`, `next` and `close`. It may [wait](#waiting). `emit(payload, ns, cursor)` adds
--- an event; the time and the [cursor](#cursors) are optional. It waits while the batch is full. Returning is the end of the source; after an error
--- `produce` is called again.
---@field produce? fun(params: any, emit: lure.EmitPayload): any, string?
--- Closes an instance.
---@field close? fun(instance: any)
--- Returns how much of the source was read, from 0 to 1, and perhaps a text.
---@field progress? fun(instance: any): number, string?
--- Returns the event as text. By default the payload.
---@field to_string? fun(value: any, event: lure.Event): string
--- Returns what field functions and `to_string` get as `value`. By default the payload, or with `format` its
--- document; `nil`: the event is not for this plugin. It runs once per event, when the first of these functions
--- is called, and not at all if none is: count in `parse`.
---@field decode? fun(event: lure.Event): any, string?
--- A JSON Pointer, or a list of them: events in which none of them finds anything are not for this plugin, and have no fields.
---@field when? string | string[]
--- What payloads are written in, see [Formats](#formats): paths point into what is found, and functions get the document of it.
--- By default paths take JSON, and functions the payload.
---@field format? lure.FormatName | lure.Format
--- Parts of the payload that have a format of their own, each by its name, or a JSON Pointer: `{ message = "json" }`.
---@field inside? table<string, lure.FormatName | lure.Format>
--- The function of those fields that have none of their own.
---@field extract? lure.Extract
--- The event sources whose events have these fields. By default the script's own.
---@field extract_event_sources? string[]
--- The event types whose events have these fields, by name (`"open"`: enter and exit) or number. By default plugin events
--- (322), and every type if `syscall` is among the sources.
---@field extract_event_types? (string | integer)[]
--- For kernel events: the schema version that the script was written for. By default `"4.0.0"`.
---@field required_event_schema_version? string
--- Sees each event once, before fields are extracted. May write state tables.
---@field parse? fun(event: lure.Event): any, string?
--- The event sources that `parse` sees. By default as for `extract_event_sources`.
---@field parse_event_sources? string[]
--- The event types that `parse` sees. By default as for `extract_event_types`.
---@field parse_event_types? (string | integer)[]
--- State tables that the script offers to other plugins: `{ NAME = { key = TYPE, fields = { NAME = TYPE } } }`.
---@field tables? table<string, lure.OwnTable>
--- The names of the async events that the script emits.
---@field async_events? string[]
--- The event sources that async events go to. By default the script's own.
---@field async_event_sources? string[]
--- Called every `async_interval` seconds on a thread of lure's, until it returns `false`. It may [wait](#waiting). `emit(name, data)` is as
--- `lure.emit`.
---@field async? fun(emit: lure.Emit): boolean?, string?
--- Seconds between two calls of `async`. By default 1.
---@field async_interval? number
--- Writes the plugin's state to a capture file, as async events: `emit(name, data)`.
---@field dump_state? fun(emit: lure.Emit): any, string?
--- Called when a capture begins. `capture:every(seconds, f)` calls `f` on a thread of lure's until `f` returns `false`, the
--- capture closes, or the function that `every` returned is called. `f` may [wait](#waiting).
---@field capture_open? fun(capture: lure.Capture): any, string?
--- Called when a capture ends.
---@field capture_close? fun(capture: lure.Capture): any, string?
--- Returns a list of `{ name = …, value = …, monotonic = true }` for the host's metrics, which are shown beside lure's own
--- (see [Metrics](#metrics)); `true`: only lure's own.
---@field metrics? boolean | fun(): lure.Metric[], string?
--- Called with a new configuration, checked as for `init`.
---@field set_config? fun(config: table): any, string?
--- Called in the new Lua state, after `init`, when a changed script takes over. `old` is a copy of the old script's table,
--- see [hot reload](falco.md#hot-reload).
---@field reload? fun(old: table): any, string?

---@alias lure.Payload string | integer
---@alias lure.TimedPayload { [1]: lure.Payload, [2]: integer } with the time in ns, in a list
---@alias lure.Value string | integer | number | boolean | table
-- arg: a string, or an integer; nil where a field may stand without
---@alias lure.Extract fun(value: any, arg: any, event: lure.Event, field: string): lure.Value?, ...
---@alias lure.EmitPayload fun(payload: lure.Payload, ns?: integer, cursor?: lure.Cursor)
---@alias lure.Cursor string | fun()
---@alias lure.Emit fun(name: string, data: string | integer, options?: { ts?: integer, tid?: integer }): true?, string?
---@alias lure.StateType "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "string" | "bool"

---@class lure.Timeout
---@class lure.Arg
---@class lure.Path

---@alias lure.FormatName "json" | "logfmt" | "syslog" | "cef" | "leef" | "combined" | "csv" | "regex"

---@class lure.Format: { [1]: lure.FormatName }
--- For CSV: the names of the columns. `false` stands for a column without a name.
---@field columns? (string | false)[]
--- For CSV: the first record of each payload has the names of the columns, and the values are those of the second.
---@field header? boolean
--- For CSV: what stands between values, one byte. By default a comma.
---@field separator? string

---@class lure.Field
--- The name in rules: words joined by `.`. Required.
---@field name string
--- The type, see [Types](#types). Required.
---@field type "string" | "uint64" | "bool" | "reltime" | "abstime" | "ipaddr" | "ipnet"
--- One sentence. Required: hosts refuse a field without one.
---@field desc string
--- A short title.
---@field display? string
--- The field has many values.
---@field list? boolean
--- What may stand in brackets behind the name: `{ index = true }`, `{ key = true }` or both, with `required = true` where the
--- field has no value without an argument.
---@field arg? { required?: boolean, index?: boolean, key?: boolean }
--- A list of `"hidden"`, `"info"`, `"conversation"`.
---@field properties? ("hidden" | "info" | "conversation")[]
--- Hosts may add the field to the outputs of rules.
---@field add_output? boolean
--- Returns the value; `nil`: the field has no value in this event. With a `path` it gets what that finds as `value`, and is not
--- called where nothing is found. See [Paths](#paths).
---@field extract? lure.Extract
--- Alone, without `extract`: where the value is in the payload, found without Lua. A JSON Pointer; a list of pointers, of which
--- the first that is found counts; or `lure.ARG`, when the argument is the pointer. See [Paths](#paths).
---@field path? string | string[] | lure.Arg
--- For a path: the value where the payload has none, and, below a `*`, of each element that has none; or `lure.path(…)`.
---@field default? any
--- For a path: what stands for a JSON `null`. Without it a `null` is no value.
---@field null? string | number | boolean
--- For a path: a list becomes one text, with this between its elements; in a `list` field each list at the end of the path.
--- All of a field's have at most 16 MiB together, else it has no value.
---@field join? string
--- For a path: takes only elements whose members have these values: `{ kind = "User" }`. See [Paths](#paths).
---@field where? table<string, string | number | boolean | (string | number | boolean)[]>
--- For a path: an object at its end stands for the names of its members.
---@field keys? boolean
--- For a path: where one element has no value, the field has none.
---@field all? boolean
--- For `abstime` and `reltime`: the unit of a number (`"s"`, `"ms"`, `"us"`, `"ns"`) or the format of a text, see [Times](#times).
---@field time? "s" | "ms" | "us" | "ns" | string

---@class lure.Property
--- The JSON type of the value.
---@field type? "string" | "integer" | "number" | "boolean" | "object" | "array" | "null"
--- One sentence, for people.
---@field description? string
--- A short title.
---@field title? string
--- The value where the configuration has none.
---@field default? any
--- The values that are allowed.
---@field enum? any[]
--- The least number.
---@field minimum? number
--- The greatest number.
---@field maximum? number
--- A number is a multiple of this one.
---@field multipleOf? number
--- The least length of a text.
---@field minLength? integer
--- The greatest length of a text.
---@field maxLength? integer
--- The least number of elements of a list.
---@field minItems? integer
--- The greatest number of elements of a list.
---@field maxItems? integer
--- A regular expression for a text.
---@field pattern? string
--- A format of JSON Schema for a text.
---@field format? string
--- The property that each element of a list is.
---@field items? lure.Property
--- The members of an object.
---@field properties? table<string, lure.Property>
--- The configuration must have it.
---@field required? boolean
--- The value is confidential: the schema says `writeOnly`, and `lure falco` takes it from an environment variable.
---@field secret? boolean

---@class lure.OpenParam
--- The open parameters.
---@field value string
--- One sentence.
---@field desc? string
--- For a list of values in one text: what separates them.
---@field separator? string

---@class lure.Event
--- The payload; nil for kernel events.
---@field data string?
--- The number of the event, from 1.
---@field num integer
--- The time in ns since 1970.
---@field ts integer
--- The event source; nil for kernel events of hosts that do not tell it.
---@field source string?
--- The event type by name, or its number if it has no name.
---@field type string | integer
--- The thread id; -1 where there is none.
---@field tid integer
--- The parameters of a kernel event: by name as values (`event.param.fd`), by number, from 1, as bytes.
---@field param table<string | integer, any>

---@class lure.Metric
--- Letters, digits, `_` and `.`; a unit is separated by a point: `queue.seconds`.
---@field name string
--- Its value now.
---@field value number
--- The value never decreases.
---@field monotonic? boolean

---@class lure.Capture
local capture = {}

---@param seconds number
---@param f fun(): boolean?, string? false: not again
---@return fun() cancel
function capture:every(seconds, f) end

---@class lure.OwnTable
---@field key lure.StateType
---@field fields table<string, lure.StateType | lure.OwnTable>

---@class lure.NewField a field that the table's owner may not have, as lure check is told
---@field type lure.StateType
---@field new? boolean

---@class lure.TableOptions
---@field key? lure.StateType
---@field fields? table<string, lure.StateType | "table" | lure.NewField | lure.TableOptions>
---@field optional? boolean

---@class lure.Table
---@operator len: integer
local tables = {}

--- Returns the entry, or nil.
---@param key string | integer | boolean
---@return table<string, any>?
function tables:get(key) end

--- Adds an entry, or replaces it, and returns it.
---@param key string | integer | boolean
---@param values? table<string, any>
---@return table<string, any>
function tables:add(key, values) end

--- Removes the entry. Returns whether there was one.
---@param key string | integer | boolean
---@return boolean
function tables:erase(key) end

--- Removes all entries.
function tables:clear() end

--- Calls `f` for each entry, until it returns `false`. The key is nil in tables that are not the script's own.
---@param f fun(entry: table<string, any>, key: any): boolean?
function tables:each(f) end

--- Whether the host has the table, or this field of it; for those declared with `optional = true`.
---@param field? string
---@return boolean
function tables:exists(field) end

---@class lure.Json
--- Returns the value of a JSON text, objects and lists as tables. Throws for what RFC 8259 refuses.
---@field decode fun(text: string): any
--- Returns the JSON text of a value, also of a document.
---@field encode fun(value: any): string
--- Returns a document for an object or a list, else the value. Nothing is decoded until it is asked for.
---@field parse fun(text: string): any
--- Returns `"object"`, `"list"`, `"string"`, `"number"`, `"boolean"` or `"null"`; nil for what JSON does not have.
---@field kind fun(value: any): "object" | "list" | "string" | "number" | "boolean" | "null" | nil
--- The value that stands for null.
---@field null any

---@class lure.JsonDocument finds values in a text when they are asked for: document.key, document[1], #document
--- Returns the value at a JSON Pointer; nil if a part of the way is missing.
---@field get fun(self: lure.JsonDocument, pointer: string): any
--- Returns a value as it is written in the text: `"1.50"`.
---@field raw fun(self: lure.JsonDocument, key: string | integer): string?
--- Returns the document as a table, as `decode` makes it.
---@field table fun(self: lure.JsonDocument): table
---@field [any] any

---@class lure.Log
---@field fatal fun(format: string, ...)
---@field critical fun(format: string, ...)
---@field error fun(format: string, ...)
---@field warning fun(format: string, ...)
---@field notice fun(format: string, ...)
---@field info fun(format: string, ...)
---@field debug fun(format: string, ...)
---@field trace fun(format: string, ...)

---@class lure.TailOptions
--- Where to begin if no cursor is kept: `"start"` of the files that are there (the default), `"end"`, or a cursor.
---@field from? "start" | "end" | string
--- Longer lines are skipped, and the log says so. By default 1 MiB; at most 16 MiB.
---@field max_line? integer

---@class lure.LookupOptions
--- `"lines"` (the default): each line is a key, but empty ones and those that begin with `#`, and the values are true; `"csv"`:
--- the first line names the columns; `"json"`: an object, or a list of objects, texts or numbers; `"yaml"`: the same in YAML,
--- where a plain value is a number, true, false or null if JSON has it, and else text; tags such as `!!str` are honoured.
---@field format? "lines" | "csv" | "json" | "yaml"
--- The column, or the member of each object in a list, that is the key. By default the first column.
---@field key? string

---@class lure.Lookup what lure.file.lookup returns; pairs goes through its keys and values
--- Returns the value of a key, or nil: true for lines, a table by column for CSV, what stands there for JSON and YAML.
---@field get fun(self: lure.Lookup, key: any): any
--- Returns the number of keys.
---@field count fun(self: lure.Lookup): integer
--- Returns how often the file was read: another number than before means that the table is another one.
---@field version fun(self: lure.Lookup): integer

---@class lure.File
--- Returns an iterator over the lines of a file that grows, or of all that match a pattern (`*`, `?`, `[a-z]`), also
--- of files that come later: for the generic `for`, or for `open` to return. It waits. It gives a line, nil, and the cursor behind
--- the line. See [files that rotate](#files-that-rotate).
---@field tail fun(path: string, options?: lure.TailOptions): (fun(): string, integer?, string), nil, nil, any
--- Returns an iterator over the lines of a regular file as it is, for the generic `for`; a gzip file is unpacked. Throws for a
--- line that is longer than `max_line` (1 MiB).
---@field lines fun(path: string, options?: { max_line?: integer }): (fun(): string?), nil, nil, any
--- Returns a table that is read from a file, and read again, at most a second later, when the file has changed. Where
--- the new one is broken the old table stays, and the log says so. A gzip file is unpacked.
---@field lookup fun(path: string, options?: lure.LookupOptions): lure.Lookup
--- Returns the names in a folder, in no order; nil and a text if it cannot be read.
---@field list fun(folder: string): string[]?, string?
--- Returns `type` (`"file"`, `"directory"`, `"fifo"`, …), `size`, `modified` (ns), `mode`, `user`, `group`, `device` and
--- `inode` of a file, links followed; nil and a text if there is none.
---@field stat fun(path: string): table?, string?

---@alias lure.Kept string | number | boolean | nil

---@class lure.State
--- Returns the value that is kept under a key, a string; nil if there is none.
---@field get fun(key: string): lure.Kept
--- Keeps a string, a number or a boolean under a key of at most 256 bytes; nil removes it. All keys and values together may
--- have 64 KiB, 16 bytes more for each. They are written when the host asks for the next batch, without an open event source at once.
---@field set fun(key: string, value: lure.Kept)

---@class lure.Task a function that lure.spawn runs beside the one that called it
--- Waits until the task is over, and returns its results. Throws what it has thrown; nil and a text: it was cancelled.
---@field join fun(self: lure.Task): any, ...
--- Ends the task where it waits: its `<close>` variables run, nothing else. Returns true, or false and the error of one of them.
---@field cancel fun(self: lure.Task): boolean, any

---@class lure.ProcessModule
--- Starts a program, and waits for nothing but that. `words` is a list: the program, looked for on `PATH`, and its arguments.
--- No shell reads them.
---@field run fun(words: string[], options?: lure.RunOptions): lure.Process

---@class lure.RunOptions
--- What the program reads. By default nothing: `/dev/null`.
---@field stdin? string
--- Variables that it has beside the host's; `false` instead of a text takes one of the host's away.
---@field env? table<string, string | false>
--- The directory that it runs in. By default the host's.
---@field cwd? string
--- The longest line that `lines` and `read "l"` take, in bytes: 1 MiB. A longer one is an error.
---@field max_line? integer

---@class lure.Process a variable to be closed: local process <close> = lure.process.run …
--- Its number.
---@field pid integer
--- For the generic `for`: the lines of its standard output, without `\n`. Waits.
---@field lines fun(self: lure.Process): fun(): string?
--- Reads a line (`"l"`, the default), all (`"a"`) or a number of bytes, fewer at the end. nil: there is nothing more. Waits.
---@field read fun(self: lure.Process, how?: "l" | "a" | integer): string?
--- Waits until it has ended, and drops what was not read. Returns its exit status, or 128 and the number of the signal that has
--- ended it; nil and a text where that is not known. It does not throw because of the status.
---@field wait fun(self: lure.Process): integer?, string?
--- Sends a signal to it and what it has started: `"TERM"` (default), `"KILL"`, `"INT"`, `"HUP"`, `"USR1"`, `"USR2"`. Its end is no
--- error then.
---@field kill fun(self: lure.Process, signal?: string)
--- Ends it: SIGTERM for it and what it has started, SIGKILL a second later. It need not be called: the end of the source, and the
--- garbage collector do the same.
---@field close fun(self: lure.Process)

---@class lure.Net
--- Receives at an address: `udp://HOST:PORT` and `unixgram:///PATH` messages, `tcp://HOST:PORT` and `unix:///PATH` connections.
--- An IPv6 address stands in brackets; the port 0 is any that is free. Waits, if the host is a name.
---@field listen fun(address: string, options?: lure.ListenOptions): lure.Listener
--- Connects to `tcp://HOST:PORT` or `unix:///PATH`. Waits, also for DNS.
---@field connect fun(address: string, options?: lure.ConnectOptions): lure.Connection

---@class lure.ListenOptions
--- The permissions of a unix socket's file, in octal digits: `"0660"`. By default as the host's umask has them.
---@field mode? string
--- For messages: the size of the system's buffer, in bytes: 4 MiB. Hosts that are not root get `net.core.rmem_max` at most.
---@field buffer? integer
--- For messages: the longest one, in bytes: 65535. Longer ones are cut off, and that is logged.
---@field max_size? integer
--- For connections: the longest line, in bytes: 1 MiB. A longer one is an error.
---@field max_line? integer
--- For connections: TLS, with `cert` and `key`, paths of PEM files. With `ca`, too, clients need a certificate by one of these
--- authorities. Files that change are read again for the next connection.
---@field tls? { cert: string, key: string, ca?: string }

---@class lure.ServeOptions
--- How many there are at once: 1000. More wait until one is closed.
---@field connections? integer
--- Seconds that a connection may wait to read, or to write: 60. Then that throws.
---@field idle? number
--- As for `listen`.
---@field max_line? integer

---@class lure.ConnectOptions
--- Seconds for DNS and the connection: 10.
---@field timeout? number
--- Seconds that it may wait to read, or to write. By default any time.
---@field idle? number
--- The longest line, in bytes: 1 MiB. A longer one is an error.
---@field max_line? integer
--- TLS, as for `lure.http`: `ca`, `cert`, `key`, `verify`; `{}` trusts the system's authorities.
---@field tls? { ca?: string, cert?: string, key?: string, verify?: boolean }

---@class lure.Listener a variable to be closed
--- For the generic `for`: each message, and its sender: `"127.0.0.1:514"`, `"[::1]:514"`, the path of a unix socket or an empty string.
--- Waits. It ends when the listener is closed.
---@field datagrams fun(self: lure.Listener): fun(): string?, string?
--- Calls `f` for each connection, as a task of its own. The connection is closed when `f` returns or throws; an error is
--- logged and ends no other one. Waits until the listener is closed.
---@field serve fun(self: lure.Listener, f: fun(connection: lure.Connection), options?: lure.ServeOptions)
--- Returns the address that it has, with its port: `"udp://127.0.0.1:514"`; nil: it is closed.
---@field address fun(self: lure.Listener): string?
--- Returns its port; nil for unix sockets.
---@field port fun(self: lure.Listener): integer?
--- Returns how many messages the system has dropped because its buffer was full. They are logged, too.
---@field lost fun(self: lure.Listener): integer
--- Closes it, and removes the file of a unix socket. The end of the source does the same.
---@field close fun(self: lure.Listener)

---@class lure.Connection a variable to be closed: local connection <close> = lure.net.connect …
--- The address of the other end, as senders have it. Of a unix socket that connects to a listener: `"pid 12, uid 0"`.
---@field peer string
--- For the generic `for`: the lines that are received, without `\n` or `\r\n`. Waits.
---@field lines fun(self: lure.Connection): fun(): string?
--- Reads a line (`"l"`, the default), all up to the end (`"a"`) or a number of bytes, fewer at the end. nil: there is nothing more.
--- Waits.
---@field read fun(self: lure.Connection, how?: "l" | "a" | integer): string?
--- Writes all of a text. Waits until there is room. Returns the connection.
---@field write fun(self: lure.Connection, text: string): lure.Connection
--- Closes it. The end of the source, and the garbage collector do the same.
---@field close fun(self: lure.Connection)

---@class lure.Http
--- Asks for an address, whose path is sent as it stands, and waits for the answer. `options` are those below.
---@field get fun(url: string, options?: lure.HttpOptions): lure.HttpResponse
--- Sends a text, or, with the option `json`, a value.
---@field post fun(url: string, body?: string, options?: lure.HttpOptions): lure.HttpResponse
--- Any request: the options have also `url`, `method` (by default GET; POST with a body) and `body`.
---@field request fun(options: lure.HttpRequestOptions): lure.HttpResponse
--- Answers requests: calls `handler(request)`, which returns a status, and perhaps headers and a body. Returns when the source is
--- closed.
---@field serve fun(options: lure.HttpServeOptions, handler: lure.HttpHandler)

---@alias lure.HttpHandler fun(request: lure.HttpRequest): integer, table<string, string | number | (string | number)[]>?, string?

---@class lure.HttpOptions
--- What is added to the address: `{ after = 5, tag = { "a", "b" } }`. It is encoded, in the order of the names.
---@field query? table<string, string | number | boolean | (string | number | boolean)[]>
--- Headers by name; a list is sent as several.
---@field headers? table<string, string | number | (string | number)[]>
--- A value that is sent as JSON, with that Content-Type.
---@field json? any
--- Seconds that one attempt may take, names, redirects and body included. By default 30.
---@field timeout? number
--- How many redirects are followed: 10. Beyond is an error; with 0 the redirect is the answer.
---@field redirects? integer
--- How often it is tried again where the answer is 429 or 5xx (not 501, 505), or there is none. `true` is 5 times, `false` (the
--- default) never. It waits as long as Retry-After says (an hour at most), else from half a second on, twice as long each time, up to
--- a minute. What comes last is the answer, or the error; before each attempt the log says why, once a second for an address.
---@field retry? boolean | integer
--- The largest body of an answer, unpacked, in bytes. By default 16 MiB.
---@field max_body? integer
--- `ca`, `cert`, `key`: paths of PEM files, read again when they change. `verify = false` takes any certificate.
---@field tls? { ca?: string, cert?: string, key?: string, verify?: boolean }
--- The address of an HTTP proxy. Those of the environment are not used.
---@field proxy? string

---@class lure.HttpRequestOptions: lure.HttpOptions
--- The address.
---@field url string
--- The method.
---@field method? string
--- What is sent.
---@field body? string

---@class lure.HttpResponse
--- The status: 200.
---@field status integer
--- Headers by their names in lower case. Several of one name are joined by `", "`, those of Set-Cookie by line ends.
---@field headers table<string, string>
--- The body, unpacked.
---@field body string
--- The address that has answered, after redirects.
---@field url string
--- Returns the body, decoded as JSON. Throws where the status is not 200 to 299.
---@field json fun(self: lure.HttpResponse): any

---@class lure.HttpServeOptions
--- Where to listen, as for `lure.net.listen`: `"tcp://127.0.0.1:8080"`, `"unix:///run/x.sock"`.
---@field listen string
--- The largest body of a request, in bytes: 1 MiB. Others are answered 413.
---@field max_body? integer
--- The methods that are allowed: `{ "POST" }`. Others are answered 405. By default all but CONNECT.
---@field methods? string[]
--- How many connections are open at once: 1000. Others wait.
---@field connections? integer
--- Seconds that a connection may be silent between two requests: 60.
---@field idle? number
--- TLS, as for `lure.net.listen`.
---@field tls? { cert: string, key: string, ca?: string }

---@class lure.HttpRequest
--- The method: `"POST"`.
---@field method string
--- The path, as it was sent: `"/hooks/a%20b"`.
---@field path string
--- The query, decoded. Of equal names the first counts.
---@field query table<string, string>
--- Path and query, as they were sent.
---@field target string
--- Headers by their names in lower case. Several of one name are joined.
---@field headers table<string, string>
--- The body; an empty string if there is none.
---@field body string
--- The address of the client, as connections of `lure.net` have it.
---@field peer string

---@class lure.Crypto
--- Returns the SHA-256 digest of a text, 32 bytes.
---@field sha256 fun(text: string): string
--- The SHA-512 digest, 64 bytes.
---@field sha512 fun(text: string): string
--- The SHA-1 digest, 20 bytes. It is broken: only for those who still ask for it.
---@field sha1 fun(text: string): string
--- The MD5 digest, 16 bytes. It is broken, too.
---@field md5 fun(text: string): string
--- Returns the authentication code of a text (RFC 2104): `algorithm` is `"sha256"`, `"sha512"`, `"sha1"` or `"md5"`.
---@field hmac fun(algorithm: string, key: string, text: string): string
--- Returns whether two texts are equal, in a time that does not tell where they differ: for signatures and secrets.
---@field equal fun(a: string, b: string): boolean
--- Returns so many random bytes of the kernel's, at most 1 MiB.
---@field random fun(n: integer): string
--- Returns bytes as hexadecimal digits, in lower case.
---@field hex fun(bytes: string): string
--- Returns the bytes that hexadecimal digits stand for; nil and a text if these are none.
---@field unhex fun(text: string): string?, string?
--- Returns bytes as base64, with padding and without line breaks.
---@field base64 fun(bytes: string): string
--- Returns the bytes that such a text stands for; nil and a text if it is not what `base64` returns.
---@field unbase64 fun(text: string): string?, string?
--- Returns bytes as base64 for addresses and file names: with `-` and `_`, without padding.
---@field base64url fun(bytes: string): string
--- Returns the bytes that such a text stands for, with padding or without; nil and a text if it is none.
---@field unbase64url fun(text: string): string?, string?

---@class lure.Time
--- Reads a time: ns since 1970; nil and a text that says why it is none. `zone` is that of texts without one: `"UTC"`, the
--- default, or an offset, `"+01:00"`.
---@field parse fun(text: any, format?: string, zone?: string): integer?, string?
--- Prints a time, in ns since 1970, by default as RFC 3339: `"2026-11-23T10:00:00.500Z"`.
---@field format fun(ns: integer, format?: string, zone?: string): string

---@class lure.PackOptions
--- From 0 (as it is) to 9 (as small as can be); by default 6.
---@field level? integer

---@class lure.UnpackOptions
--- The most bytes that may come out, up to 1 GiB; by default 16 MiB.
---@field limit? integer

---@class lure.Compress
--- Returns a text packed as gzip (RFC 1952).
---@field gzip fun(text: string, options?: lure.PackOptions): string
--- Returns the text that gzip has packed, of all members; nil and a text if the bytes are cut short, broken, or more than the limit.
---@field gunzip fun(bytes: string, options?: lure.UnpackOptions): string?, string?
--- Returns a text packed as zlib (RFC 1950).
---@field zlib fun(text: string, options?: lure.PackOptions): string
--- Returns the text that zlib has packed; nil and a text as above.
---@field unzlib fun(bytes: string, options?: lure.UnpackOptions): string?, string?

---@class lure.CsvOptions
--- What stands between values, one byte; by default a comma.
---@field separator? string
--- True: the first record has the names of the columns; a list: these are they. Each record is a table by name then.
---@field header? true | string[]

---@class lure.Text
--- Returns a list of the parts between separators, plain texts; without a separator, of the words between white space. At most
--- `most`: the last has the rest.
---@field split fun(text: string, separator?: string, most?: integer): string[]
--- Returns a text without the white space at both ends.
---@field trim fun(text: string): string
--- Returns the pairs of a line of logfmt, a table by key; a key without `=` is true. nil and a text if it is none.
---@field logfmt fun(text: string): table<string, string | true>?, string?
--- Returns a list of the records of CSV (RFC 4180), each a list of texts; nil and a text if it is none.
---@field csv fun(text: string, options?: lure.CsvOptions): table[]?, string?
--- Returns a text with what is percent-encoded decoded. A `%` without two hexadecimal digits stays.
---@field url fun(text: string): string
--- Returns the parameters of a query, `a=1&b=x+y`, decoded. Of equal names the first counts.
---@field query fun(text: string): table<string, string>
--- Returns whether a whole text matches a pattern of the shell: `*`, `?`, `[a-z]`, `[!a-z]`.
---@field glob fun(pattern: string, text: string): boolean
--- Returns a text in which bytes that are not UTF-8 are replaced by U+FFFD.
---@field utf8 fun(text: string): string
--- Returns whether a text is UTF-8; if not, also the place of the first byte that is wrong.
---@field is_utf8 fun(text: string): boolean, integer?

---@class lure.Regex
--- Compiles a regular expression. The flags are letters: `i` upper and lower case are the same, `m` `^` and `$` are at each line, `s`
--- `.` is a line break, too, `x` white space and comments in the pattern, `u` characters of UTF-8 instead of bytes, `a` matches
--- only where the search begins. Throws for what is no pattern, with the place in it.
---@field compile fun(pattern: string, flags?: string): lure.RegexPattern

---@class lure.RegexPattern what lure.regex.compile returns
--- Returns the first match at `init` or behind it, nil if there is none: a table with what each group has matched by its number and
--- its name, and the whole match at 0. A group that has no part in it is nil.
---@field match fun(self: lure.RegexPattern, text: string, init?: integer): table?
--- As `string.find`: returns the first and the last place of the match, and what its groups have matched; or nil.
---@field find fun(self: lure.RegexPattern, text: string, init?: integer): integer?, integer?, ...: string?
--- Goes through all matches with a generic `for`; each is a table, as `match` returns it.
---@field gmatch fun(self: lure.RegexPattern, text: string, init?: integer): fun(): table?
--- Returns whether there is a match.
---@field test fun(self: lure.RegexPattern, text: string, init?: integer): boolean

---@class lure.WindowOptions
--- The most keys, from 1 to 1000000, by default 100000.
---@field keys? integer
--- The most events, from 1 to 10000000, by default 1000000.
---@field events? integer

---@class lure.Window what lure.window returns
--- Adds an event of a key at a time, perhaps with a value, a number or a text. Returns what `count` returns then.
---@field add fun(self: lure.Window, key: string | number, ns: integer, value?: string | number): integer, boolean
--- Returns how many events the key had, and whether that is exact: false if some were dropped.
---@field count fun(self: lure.Window, key: string | number): integer, boolean
--- Returns the sum of the values that are numbers, and whether it is exact. Integers are added exactly; what is beyond 64 bits
--- is a float.
---@field sum fun(self: lure.Window, key: string | number): number, boolean
--- Returns how many different values there were, and whether that is exact.
---@field distinct fun(self: lure.Window, key: string | number): integer, boolean
--- Returns how many keys were dropped, how many events were, and how many events came too late to count.
---@field dropped fun(self: lure.Window): integer, integer, integer

---@class lure.Ip
--- Reads an address, with a port, a zone and brackets where they are there; nil and a text that says why it is none. One of IPv4 in
--- IPv6, `::ffff:192.0.2.1`, is one of IPv4.
---@field parse fun(text: any): lure.IpAddress?, string?
--- Reads a network, `"10.0.0.0/8"` or `"10.0.0.0/255.0.0.0"`, or an address, which is one by itself; nil and a text that says why it is none.
---@field network fun(text: any): lure.IpNetwork?, string?
--- Makes a set of networks: of a list, of a table with a value for each, or of what a generic `for` goes through. What is no
--- network is an error.
---@field set fun(networks: table | function, state?: any, control?: any): lure.IpSet

---@class lure.IpAddress
--- The address in its shortest form (RFC 5952).
---@field address string
--- 4 or 6.
---@field version integer
--- It stood for one of IPv4 in IPv6.
---@field mapped boolean
--- The port behind it, if there was one.
---@field port? integer
--- The zone behind it, if there was one: `"eth0"`.
---@field zone? string

---@class lure.IpNetwork
--- The network: `"10.0.0.0/8"`.
---@field network string
--- Its first address.
---@field address string
--- Its last address.
---@field last string
--- The length of its prefix.
---@field bits integer
--- 4 or 6.
---@field version integer

---@class lure.IpSet #set is how many networks it was made of
--- Returns the value of the smallest network that has the address, true where none was given, nil where there is none; nil and a text
--- for what is no address. Ports, zones and brackets are left out.
---@field contains fun(self: lure.IpSet, address: any): any, string?

---@class lure
--- What `next` returns when there is nothing now.
---@field TIMEOUT lure.Timeout
--- As the `path` of a field: the argument is the path.
---@field ARG lure.Arg
--- The version of lure.
---@field version string
--- Hands an async event to the host. Returns true; nil and a text where the host does not take it.
---@field emit lure.Emit
--- See [lure.json](#lurejson).
---@field json lure.Json
--- `lure.log.info(format, …)` and the other levels: fatal, critical, error, warning, notice, debug, trace.
---@field log lure.Log
--- See [lure.state](#lurestate). In callbacks, not at the script's top level.
---@field state lure.State
--- See [lure.file](#lurefile).
---@field file lure.File
--- See [lure.process](#lureprocess).
---@field process lure.ProcessModule
--- See [lure.net](#lurenet).
---@field net lure.Net
--- See [lure.http](#lurehttp).
---@field http lure.Http
--- See [lure.crypto](#lurecrypto).
---@field crypto lure.Crypto
--- See [lure.time](#luretime).
---@field time lure.Time
--- See [lure.compress](#lurecompress).
---@field compress lure.Compress
--- See [lure.text](#luretext).
---@field text lure.Text
--- See [lure.ip](#lureip).
---@field ip lure.Ip
--- See [lure.regex](#lureregex).
---@field regex lure.Regex
local lure = {}

--- Returns the time in ns since 1970.
---@return integer
function lure.now() end

--- Returns the newest cursor of the event source, kept or not; nil if there is none. See [Cursors](#cursors).
---@return string?
function lure.cursor() end

--- For the `default` of a field: the value is taken from another path, and `default` stands where nothing is there either. See
--- [Paths](#paths).
---@param pointer string
---@param default? string | number | boolean
---@return lure.Path
function lure.path(pointer, default) end

--- Suspends the script for so many seconds, not the host. See [Waiting](#waiting).
---@param seconds number
function lure.sleep(seconds) end

--- Calls a function as a task beside the one that calls this; it begins when that one waits. Returns the task. See [Tasks](#tasks).
---@param f function
---@param ... any
---@return lure.Task
function lure.spawn(f, ...) end

--- Returns an environment variable of the host, or nil. Throws where `init_config.lure.env` does not list it.
---@param name string
---@return string?
function lure.env(name) end

--- Returns a state table; called at the top level of the script. See [State tables](#state-tables).
---@param name string
---@param options? lure.TableOptions
---@return lure.Table
function lure.table(name, options) end

--- Returns a window of so many seconds of event time. See [lure.window](#lurewindow).
---@param seconds number
---@param options? lure.WindowOptions
---@return lure.Window
function lure.window(seconds, options) end

return lure
