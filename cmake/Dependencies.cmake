# Third-party libraries. Debian's packages by find_package; DuckDB, Arrow and the Spark Connect descriptors come from
# package registries, pinned in tools/setup/dependencies.lock and unpacked into the user's cache.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(PostgreSQL REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++)
find_program(HEARTH_PROTOC protoc REQUIRED)
find_program(HEARTH_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()

set(fetched "${CMAKE_BINARY_DIR}/dependencies.cmake")
execute_process(
  COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tools/setup/fetch.py" --cmake "${fetched}"
  COMMAND_ERROR_IS_FATAL ANY)
include("${fetched}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${CMAKE_SOURCE_DIR}/tools/setup/dependencies.lock" "${CMAKE_SOURCE_DIR}/tools/setup/fetch.py")

add_library(hearth_tl_expected INTERFACE)

add_library(hearth_pcre2 INTERFACE)
target_link_libraries(hearth_pcre2 INTERFACE PkgConfig::PCRE2)
target_compile_definitions(hearth_pcre2 INTERFACE PCRE2_CODE_UNIT_WIDTH=8)

# DuckDB: the shared library of the npm package, the headers of the source distribution. DuckDB's own copies of yyjson, re2
# and utf8proc (own namespaces) are exported by the library and may be used through these headers.
add_library(hearth_duckdb SHARED IMPORTED GLOBAL)
set(duckdb_root "${HEARTH_DEPENDENCY_DUCKDB_HEADERS}")
set(duckdb_includes "${duckdb_root}/src/include")
foreach(name IN ITEMS concurrentqueue fast_float fastpforlib fsst hyperloglog jaro_winkler mbedtls/include miniz pcg pdqsort re2
                      skiplist ska_sort tdigest utf8proc utf8proc/include vergesort yyjson/include zstd/include)
  list(APPEND duckdb_includes "${duckdb_root}/third_party/${name}")
endforeach()
foreach(name IN ITEMS core_functions icu json parquet)
  list(APPEND duckdb_includes "${duckdb_root}/extension/${name}/include")
endforeach()
set_target_properties(hearth_duckdb PROPERTIES
  IMPORTED_LOCATION "${HEARTH_DEPENDENCY_DUCKDB_LIBRARY}/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${duckdb_includes}")

# Arrow: headers and libarrow.so of the pyarrow wheel. libarrow_compute shares symbols with Debian's libre2: never linked.
add_library(hearth_arrow SHARED IMPORTED GLOBAL)
set_target_properties(hearth_arrow PROPERTIES
  IMPORTED_LOCATION "${HEARTH_DEPENDENCY_ARROW}/pyarrow/libarrow.so.2600"
  IMPORTED_SONAME "libarrow.so.2600"
  INTERFACE_INCLUDE_DIRECTORIES "${HEARTH_DEPENDENCY_ARROW}/pyarrow/include")
