# Language level, warnings, sanitizers, linker and compiler cache for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Dev keeps assertions and line tables; Release has neither.
set(CMAKE_CXX_FLAGS_DEV "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g0 -DNDEBUG")

option(HEARTH_PRECOMPILED_HEADERS "Precompile heavy third-party headers" ON)
set(HEARTH_SANITIZERS "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

# Debug information and __FILE__ name sources relative to the repository: two checkouts then give the same objects, and
# the compiler cache serves both.
# g++ 12 sees overflows in std::string that are not there.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -Wno-stringop-overflow -Wno-restrict
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

if(HEARTH_SANITIZERS)
  add_compile_options(-fsanitize=${HEARTH_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HEARTH_SANITIZERS})
endif()

option(HEARTH_FUZZ "Build the fuzz targets with libFuzzer (clang only)" OFF)
if(HEARTH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(HEARTH_MOLD mold)
if(HEARTH_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(HEARTH_CCACHE ccache)
if(HEARTH_CCACHE)
  # Settings that let precompiled headers be cached, and paths below the repository be hashed relative to it.
  set(launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=15G
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${HEARTH_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()
