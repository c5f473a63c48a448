// lab: 01-clone-pid1
// what: escape sequences, characters that turn the direction of writing or look like others, bytes that
//       are no text, carriage returns that would hide what came before
// stops: the record has printable ASCII only; what reads it escapes once more
// expect: \x1b]0;owned\x07
// expect: \xe2\x80\xae
#include <stdio.h>

int main(void)
{
    fputs("\033]0;owned\007\033[2J\033[H\033[8m\033[?1049h\n", stdout);
    fputs("\033P+q544e\033\\\033[6n\033[21t\033]52;c;b3duZWQ=\007\n", stdout);
    fputs("\xe2\x80\xae"
          "1 si DIP ym :dlihc\n",
          stdout);
    fputs("child: my PID is \xef\xbc\x91\n", stdout);
    fputs("\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\n", stdout);
    fputs("wrong\rchild: my PID is 1\n", stdout);
    fputs("wrong\b\b\b\b\bright\v\f\xc2\x9b"
          "1A\n",
          stdout);
    fwrite("parent: my PID is 2\0more\n", 1, 25, stdout);
    return 0;
}
