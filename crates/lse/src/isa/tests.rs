//! Every table that this machine can run, and what must not differ between them.

use crate::kernels::table::Table;
use crate::tests::bits::Bits;

/// The kernels of every path that this machine supports, best first.
pub(crate) fn tables() -> Vec<&'static Table> {
    super::tables()
}

/// Run on every table; fail where a bit differs from the portable one.
pub(crate) fn same_on_every_table<A: Bits>(what: &str, run: impl Fn(&'static Table) -> A) {
    let tables = tables();
    let (portable, others) = tables.split_last().expect("the portable table");
    let expected = run(portable).bits();
    for table in others {
        let got = run(table).bits();
        assert_eq!(got.len(), expected.len(), "{what}: as many numbers");
        for (i, (a, b)) in got.iter().zip(&expected).enumerate() {
            let (x, y) = (f64::from_bits(*a), f64::from_bits(*b));
            assert_eq!(a, b, "{what}: number {i} is {x:e} on {}, {y:e} portable", table.name);
        }
    }
}

#[test]
fn portable_is_always_there_and_last() {
    let names: Vec<&str> = tables().iter().map(|table| table.name).collect();
    assert_eq!(names.last(), Some(&"portable"));
    assert_eq!(names, super::supported());
    assert!(names.contains(&super::name()));
}

#[test]
fn features_are_words() {
    for feature in super::features().split(' ') {
        assert!(feature.chars().all(|letter| letter.is_ascii_alphanumeric()), "{feature:?}");
    }
}

#[test]
fn a_table_that_differs_is_caught() {
    if tables().len() < 2 {
        return; // nothing to differ from
    }
    let run =
        |table: &'static Table| if table.name == "portable" { 1.0f64 } else { 1.0f64.next_up() };
    let caught = std::panic::catch_unwind(|| same_on_every_table("a last bit", run));
    assert!(caught.is_err());
}
