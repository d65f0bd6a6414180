# Compiler, linker, warnings and the packages that everything is built with.
find_program(JODAL_CCACHE ccache)
if(NOT JODAL_CCACHE)
  set(JODAL_CCACHE "")
endif()
foreach(kind CXX_COMPILER C_COMPILER CXX_LINKER)
  set(CMAKE_${kind}_LAUNCHER ${CMAKE_SOURCE_DIR}/cmake/compile ${CMAKE_SOURCE_DIR} "${JODAL_CCACHE}")
endforeach()
find_program(JODAL_MOLD mold)
if(JODAL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

option(JODAL_WERROR "Treat warnings as errors" ON)
# Frame pointers cost nothing that could be measured and make every profile readable. The flags that
# a precompiled header asks to be the same (-fPIE, -pthread) are the same for libraries and programs.
add_compile_options(-fno-omit-frame-pointer -fPIE -pthread)
add_link_options(-pie)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache reads what was preprocessed. A tenth of the compiler's time is its garbage collection,
  # which begins here at 1 GB.
  add_compile_options(-fpch-preprocess --param=ggc-min-heapsize=1000000)
elseif(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
set(JODAL_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
if(JODAL_SANITIZE)
  add_compile_options(-fsanitize=${JODAL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${JODAL_SANITIZE})
endif()
if(JODAL_SANITIZE STREQUAL "thread")
  # Protocol Buffers' headers would lay out maps otherwise than the library was compiled.
  add_compile_options(-U__SANITIZE_THREAD__)
  set(JODAL_TSAN_WRAPPED
    _ZN4absl7debian35Mutex4LockEv
    _ZN4absl7debian35Mutex6UnlockEv
    _ZN4absl7debian35Mutex10ReaderLockEv
    _ZN4absl7debian35Mutex12ReaderUnlockEv
    _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE
    _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE
    _ZN4absl7debian312Notification6NotifyEv
    _ZNK4absl7debian312Notification19WaitForNotificationEv
    _ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE
    _ZN4absl7debian315BlockingCounter14DecrementCountEv
    _ZN4absl7debian315BlockingCounter4WaitEv
    _ZN4absl7debian36Status15UnrefNonInlinedEm)
endif()

# Generated code and third-party headers are compiled without these (see jodal_warnings).
set(JODAL_WARNINGS -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 about std::string, which it reports once the header is precompiled.
  list(APPEND JODAL_WARNINGS -Wno-restrict -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow)
endif()
if(JODAL_WERROR)
  list(APPEND JODAL_WARNINGS -Werror)
endif()
if(JODAL_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 loses track of what std::optional holds once its checks are in the code.
  list(APPEND JODAL_WARNINGS -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND JODAL_WARNINGS -Wthread-safety)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_path(JODAL_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_library(JODAL_ISAL isal REQUIRED)  # checksums with the processor's instructions

# What the programs take from archives (ADR 16); archives depend on each other in circles. The
# system's TLS and cryptography stay shared, so that their corrections come without a new build.
set(JODAL_ARCHIVES -Wl,--start-group)
foreach(lib grpc++_reflection grpc++ grpc gpr upb address_sorting protobuf rocksdb jemalloc)
  find_library(JODAL_ARCHIVE_${lib} lib${lib}.a REQUIRED)
  list(APPEND JODAL_ARCHIVES ${JODAL_ARCHIVE_${lib}})
endforeach()
cmake_path(GET JODAL_ARCHIVE_grpc PARENT_PATH archives)
file(GLOB abseil ${archives}/libabsl_*.a)
if(NOT abseil)
  message(FATAL_ERROR "no archives of Abseil in ${archives}")
endif()
list(APPEND JODAL_ARCHIVES ${abseil} -Wl,--end-group)
# What they depend on.
list(APPEND JODAL_ARCHIVES bz2 cares lz4 re2 snappy z zstd)
