# Programs that the tests need.

include(${CMAKE_CURRENT_LIST_DIR}/need.cmake)
need(program BUSTED busted lua-busted)
need(program LUA lua5.4 lua5.4)
need(program LURE_LUACHECK luacheck lua-check)
need(program LURE_ZSH zsh zsh)
need(program LURE_FISH fish fish)
need(program LURE_PYTHON python3 python3) # the other end of what lure.http says
need(program LURE_OPENSSL openssl openssl)
need(program LURE_CXX c++ g++)
need(path LURE_YAML_CPP_INCLUDE_DIR yaml-cpp/yaml.h libyaml-cpp-dev)
need(path LURE_JSMN_INCLUDE_DIR jsmn.h libjsmn-dev)
stop_without("the test suite" "; -DBUILD_TESTING=OFF configures a build without tests")
