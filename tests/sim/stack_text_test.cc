// Names in stacks.
#include "sim/report/stack_text.h"

#include <gtest/gtest.h>

namespace mylonite::sim {
namespace {

// Goal: a function is named without its parameters. Method: lines as addr2line prints them, with what a parameter list
// can be mistaken for.
TEST(StackTextTest, FunctionsInLines) {
  EXPECT_EQ(function_in("overflow(int) at dying_store.cc:22"), "overflow");
  EXPECT_EQ(function_in("(anonymous namespace)::die() at dying_store.cc:29"), "(anonymous namespace)::die");
  EXPECT_EQ(function_in("void a::f<int (*)(char)>(char) at f.cc:7"), "void a::f<int (*)(char)>");
  EXPECT_EQ(function_in("a::operator<(a const&, a const&) at a.h:3"), "a::operator<");
  EXPECT_EQ(function_in("std::function<void ()>::operator()() const at std_function.h:591"),
            "std::function<void ()>::operator()");
  EXPECT_EQ(
      function_in("std::_Function_handler<int (a&, b const&), (anonymous namespace)::Opener>::_M_invoke(a&) at o.cc:2"),
      "(anonymous namespace)::Opener::operator()");
  EXPECT_EQ(function_in("main at main.cc:4"), "main");
  EXPECT_EQ(function_in("/lib/libc.so.6 + 0x3c050"), "/lib/libc.so.6 + 0x3c050");
}

}  // namespace
}  // namespace mylonite::sim
