#include "command.h"

std::string arguments::word()
{
    size_t begin = m_text.find_first_not_of(' ');
    size_t end = m_text.find(' ', begin);

    if (begin == std::string::npos) {
        throw missing_argument();
    }
    std::string word = m_text.substr(begin, end == std::string::npos ? end : end - begin);
    m_text.erase(0, end);
    return word;
}

unsigned long arguments::number()
{
    return std::stoul(word());
}

std::string arguments::rest()
{
    size_t begin = m_text.find_first_not_of(' ');

    return begin == std::string::npos ? "" : m_text.substr(begin);
}
