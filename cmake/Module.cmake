# hearth_module(NAME [DEPENDS module...] [LIBRARIES target...] [PRIVATE_LIBRARIES target...] [PRECOMPILE <header>...]
#               [PART folder PART_PRECOMPILE <header>...] [WITHOUT folder])
#
# One room of the house: every *.cc below the current folder becomes the library hearth_NAME, every *_test.cc one
# GoogleTest program NAME_test, run from the repository root by ctest. New files are picked up by themselves.
#   DEPENDS            other rooms, by short name; visible to who uses this room
#   LIBRARIES          third-party targets that this room's public headers need
#   PRIVATE_LIBRARIES  third-party targets that only this room's own sources and tests may include
#   PRECOMPILE         heavy third-party headers, precompiled once for this room, beside the standard set
#   PART               a folder of the room whose sources alone include heavy headers: it gets a precompiled header of its own
#   WITHOUT            a folder that holds libraries of its own
set(HEARTH_STANDARD_HEADERS
  <algorithm> <array> <chrono> <cmath> <cstdint> <functional> <limits> <map> <memory> <mutex> <optional> <set> <span>
  <string> <string_view> <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h>
  <tl/expected.hpp>)

# For targets that include generated protobuf headers: under this macro messages with maps are laid out otherwise than in the
# installed library.
function(hearth_sees_messages target)
  if(HEARTH_SANITIZERS STREQUAL "thread")
    target_compile_options(${target} PRIVATE -U__SANITIZE_THREAD__)
  endif()
endfunction()

set(HEARTH_TEST_TIMEOUT 300)  # seconds, of one test program
if(HEARTH_SANITIZERS)
  set(HEARTH_TEST_TIMEOUT 1800)
endif()

function(hearth_precompile target)
  if(HEARTH_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
  if("${ARGN}" MATCHES "pb\\.h>")
    hearth_sees_messages(${target})
  endif()
endfunction()

function(hearth_module name)
  cmake_parse_arguments(ARG "" "PART;WITHOUT" "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES;PRECOMPILE;PART_PRECOMPILE" ${ARGN})
  list(TRANSFORM ARG_DEPENDS PREPEND hearth_)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  if(ARG_WITHOUT)
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${ARG_WITHOUT}/")
  endif()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  set(part_sources)
  if(ARG_PART)
    set(part_sources ${sources})
    list(FILTER part_sources INCLUDE REGEX "/${ARG_PART}/")
    list(FILTER sources EXCLUDE REGEX "/${ARG_PART}/")
  endif()

  set(target hearth_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${target}
      PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES} fmt::fmt Threads::Threads
      PRIVATE ${ARG_PRIVATE_LIBRARIES})
    hearth_precompile(${target} ${HEARTH_STANDARD_HEADERS} ${ARG_PRECOMPILE})
    if(part_sources)
      add_library(${target}_${ARG_PART} OBJECT ${part_sources})
      target_include_directories(${target}_${ARG_PART} PRIVATE "${CMAKE_SOURCE_DIR}/src")
      target_link_libraries(${target}_${ARG_PART} PRIVATE ${ARG_DEPENDS} ${ARG_LIBRARIES} ${ARG_PRIVATE_LIBRARIES} fmt::fmt)
      hearth_precompile(${target}_${ARG_PART} ${HEARTH_STANDARD_HEADERS} ${ARG_PART_PRECOMPILE})
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${ARG_PART}>)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${target} INTERFACE ${ARG_DEPENDS} ${ARG_LIBRARIES} fmt::fmt Threads::Threads)
  endif()

  if(BUILD_TESTING AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} ${ARG_PRIVATE_LIBRARIES} GTest::gtest GTest::gtest_main GTest::gmock)
    hearth_precompile(${name}_test ${HEARTH_STANDARD_HEADERS} ${ARG_PRECOMPILE} <gtest/gtest.h>)
    if("${ARG_PART_PRECOMPILE}" MATCHES "pb\\.h>")
      hearth_sees_messages(${name}_test)
    endif()
    add_test(NAME ${name}_test COMMAND ${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name}_test PROPERTIES TIMEOUT ${HEARTH_TEST_TIMEOUT}
      ENVIRONMENT "HEARTH_BINARY=${CMAKE_BINARY_DIR}/bin/hearth")
  endif()
endfunction()
