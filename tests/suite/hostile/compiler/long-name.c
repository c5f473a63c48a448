// lab: 01-clone-pid1
// what: a name of 200 kilobytes, in an error (the test makes it so long)
// stops: of what the compiler says 64 KiB are kept
// expect: does not compile
int main(void)
{
    return @long@;
}
