// lab: 03-setns-join
// what: an expression so deep that the compiler's stack ends
// stops: the compiler dies, and says so
// expect: does not compile
#define A(x) (((((((((((((((((((((((((((((((((x)))))))))))))))))))))))))))))))))
#define B(x) A(A(A(A(A(A(A(A(A(A(x))))))))))
#define C(x) B(B(B(B(B(B(B(B(B(B(x))))))))))
#define D(x) C(C(C(C(C(C(C(C(C(C(x))))))))))

int a = D(1);

int main(void)
{
    return 0;
}
