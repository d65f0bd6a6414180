# The few functions every CMakeLists.txt of the project is written in.
#
#   jodal_library(NAME SRCS a.cc ... DEPS x y [UNITY])   a static library; alias and target are NAME;
#                                                 UNITY: all files are compiled as one
#   jodal_test(NAME SRCS a_test.cc ... DEPS x y)  one GoogleTest program, run by ctest
#   jodal_binary(NAME SRCS main.cc DEPS x y)      a program
#   jodal_service(NAME DEPS x y)                  a service: its module.cc as the library jodal_NAME,
#                                                 and the program jodal-NAME that runs it
#   jodal_proto(NAME FILES a.proto ... [GRPC] DEPS other_proto)

# The large headers of others, compiled once: for production code, and with GoogleTest's for tests.
# A file still includes what it uses: cmake -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without.
function(jodal_precompile name header)
  add_library(${name} STATIC ${CMAKE_SOURCE_DIR}/cmake/precompiled.cc)
  target_precompile_headers(${name} PRIVATE ${header})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE gRPC::grpc++ protobuf::libprotobuf ${ARGN})
endfunction()
jodal_precompile(jodal_precompiled <cmake/precompiled.h>)
jodal_precompile(jodal_precompiled_test <cmake/precompiled_test.h> GTest::gmock)

# For what need not be fast, in place of -O2 -g1: tests, the command line. Generated code is not among
# it: every bid is parsed, measured, written and freed by it several times.
# (The sanitizers' presets say themselves how to compile.)
set(JODAL_LIGHT $<$<CONFIG:Release>:-O1> $<$<CONFIG:Release>:-g0>)
target_compile_options(jodal_precompiled_test PRIVATE ${JODAL_LIGHT})

function(jodal_library name)
  cmake_parse_arguments(A "UNITY" "" "SRCS;DEPS" ${ARGN})
  if(A_SRCS)
    add_library(${name} STATIC ${A_SRCS})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_compile_options(${name} PRIVATE ${JODAL_WARNINGS})
    target_precompile_headers(${name} REUSE_FROM jodal_precompiled)
    target_link_libraries(${name} PUBLIC ${A_DEPS})
    set_target_properties(${name} PROPERTIES UNITY_BUILD ${A_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${A_DEPS})
  endif()
endfunction()

add_library(jodal_malloc_conf OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/malloc_conf.c)

# Links a target as programs are: with the libraries' archives, which come before the shared ones
# and leave those unused (ADR 16).
function(jodal_link_archives name)
  if(JODAL_SANITIZE)
    return()
  endif()
  # jemalloc: a quarter less CPU a bid than glibc's allocator, and less held back.
  target_sources(${name} PRIVATE $<TARGET_OBJECTS:jodal_malloc_conf>)
  # --wrap: common/kv/rocks_crc32c.h.
  target_link_options(${name} PRIVATE -Wl,--as-needed -Wl,--wrap=_ZN7rocksdb6crc32c6ExtendEjPKcm)
  target_link_libraries(${name} PRIVATE ${JODAL_ARCHIVES})
endfunction()

# Tells ThreadSanitizer of the libraries (cmake/tsan.cc); nothing in other presets.
function(jodal_tell_tsan name)
  if(JODAL_TSAN_WRAPPED)
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/tsan.cc)
    list(TRANSFORM JODAL_TSAN_WRAPPED PREPEND "-Wl,--wrap=" OUTPUT_VARIABLE options)
    target_link_options(${name} PRIVATE ${options})
    target_link_libraries(${name} PRIVATE absl::synchronization absl::status)
  endif()
endfunction()

function(jodal_binary name)
  cmake_parse_arguments(A "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${A_SRCS})
  jodal_link_archives(${name})
  jodal_tell_tsan(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${JODAL_WARNINGS})
  target_precompile_headers(${name} REUSE_FROM jodal_precompiled)
  target_link_libraries(${name} PRIVATE ${A_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# Sets JODAL_INCLUDES and JODAL_FACTORIES: the code that makes factories of these services. A service
# without a row in the table does not compile: the constant would follow a null pointer.
function(jodal_service_factories)
  set(includes "#include <type_traits>\n\n#include \"procurement/services.h\"\n")
  set(rows)
  foreach(name ${ARGN})
    string(APPEND includes "#include \"services/${name}/module.h\"\n")
    set(keeps_store "std::bool_constant<jodal::procurement::FindService(\"${name}\")->keeps_store>::value")
    string(APPEND rows "\n      {\"${name}\", {jodal::${name}::CreateModule, ${keeps_store}}},")
  endforeach()
  set(JODAL_INCLUDES "${includes}" PARENT_SCOPE)
  set(JODAL_FACTORIES "jodal::host::ModuleFactories{${rows}}" PARENT_SCOPE)
endfunction()

# The program jodal-NAME; its main is written from JODAL_INCLUDES and JODAL_FACTORIES.
function(jodal_service_program name)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  set(JODAL_PROGRAM ${name})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/service_main.cc.in main.cc @ONLY)
  jodal_binary(jodal-${name} SRCS ${CMAKE_CURRENT_BINARY_DIR}/main.cc
    DEPS ${A_DEPS} jodal_host jodal_kit_session_source)
endfunction()

function(jodal_service name)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  jodal_library(jodal_${name} SRCS module.cc DEPS ${A_DEPS})
  jodal_service_factories(${name})
  jodal_service_program(${name} DEPS jodal_${name})
  set_property(GLOBAL APPEND PROPERTY JODAL_SERVICES ${name})
endfunction()

function(jodal_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${A_SRCS})
  jodal_tell_tsan(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${JODAL_WARNINGS} ${JODAL_LIGHT})
  target_compile_definitions(${name} PRIVATE JODAL_SOURCE_DIR="${CMAKE_SOURCE_DIR}" JODAL_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_precompile_headers(${name} REUSE_FROM jodal_precompiled_test)
  target_link_libraries(${name} PRIVATE ${A_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT})
endfunction()

function(jodal_proto name)
  cmake_parse_arguments(A "GRPC" "" "FILES;DEPS" ${ARGN})
  set(gen ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${gen})
  set(outs)
  foreach(f ${A_FILES})
    string(REGEX REPLACE "\\.proto$" "" stem ${f})
    set(o ${gen}/${stem}.pb.cc)
    set(extra)
    set(args)
    set(trim)
    if(A_GRPC)
      set(extra ${gen}/${stem}.grpc.pb.cc)
      set(args --grpc_out=${gen} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
      set(trim COMMAND ${CMAKE_SOURCE_DIR}/cmake/trim-grpc ${gen}/${stem}.grpc.pb.h)
    endif()
    add_custom_command(
      OUTPUT ${o} ${gen}/${stem}.pb.h ${extra}
      COMMAND protobuf::protoc -I${CMAKE_SOURCE_DIR}/proto --cpp_out=${gen} ${args} ${f}
      ${trim}
      DEPENDS ${CMAKE_SOURCE_DIR}/proto/${f} ${CMAKE_SOURCE_DIR}/cmake/trim-grpc
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/proto
      VERBATIM)
    list(APPEND outs ${o} ${extra})
  endforeach()
  add_library(${name} STATIC ${outs})
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-g0>)
  set_property(GLOBAL APPEND PROPERTY JODAL_PROTOS ${name})
  target_precompile_headers(${name} REUSE_FROM jodal_precompiled)
  target_include_directories(${name} SYSTEM PUBLIC ${gen})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${A_DEPS})
  if(A_GRPC)
    target_link_libraries(${name} PUBLIC gRPC::grpc++)
  endif()
endfunction()
