// C++ source as the tidy rules see it: code with comments and literals blanked, words, lines.
//
// A lexer's minimum, not a parser: it knows comments, strings (raw ones too), characters and digit separators.
// Positions are kept: a blanked text has the length and the line breaks of the original.
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mylonite::tidy {

// The text with every comment, and the inside of every string and character literal, turned into spaces.
std::string code_only(std::string_view text);

// The text with everything but comments turned into spaces.
std::string comments_only(std::string_view text);

std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> words_of(std::string_view text);  // separated by one space each
int line_at(std::string_view text, std::size_t position);       // from 1

bool is_word_character(char c);

// Where `token` stands in the text as a whole: no letter, digit or underscore continues it on either side. A token
// that starts with "::" matches in the global scope only (nothing before it that could be a name or a call's result).
std::vector<std::size_t> find_token(std::string_view text, std::string_view token);

// Bodies of functions (lambdas inside them are part of them): lines from the head's first to the closing brace.
struct Function {
  int line = 0;
  int lines = 0;
  std::string head;
};
std::vector<Function> functions_of(std::string_view code);  // of a text made by code_only

// Classes and structs, inner ones first, with the declarations that stand in them by themselves: members, functions
// without a body, aliases. Of a text made by code_only.
struct Class {
  struct Member {
    std::size_t begin = 0;
    std::size_t end = 0;  // where its semicolon stands
  };
  std::string head;
  std::vector<Member> members;
};
std::vector<Class> classes_of(std::string_view code);

}  // namespace mylonite::tidy
